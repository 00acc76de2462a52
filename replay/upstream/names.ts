/** What people are made of. Invented; with the letters, blanks and apostrophes that real directories hold. */
export const givenNames = [
  'Ada',
  'Grace',
  'Zoë',
  'José',
  'Søren',
  'Łukasz',
  'Ngozi',
  'Yuki',
  '佳子',
  'Дмитрий',
  'Anne-Marie',
  'Mehmet',
  'Priya',
  'Liam',
  'Noor',
  'Chloé',
  'Bjørn',
  'Tomáš',
  'Aoife',
  'Kwame',
];

export const surnames = [
  'Lindqvist',
  'O’Dwyer',
  "D'Amico",
  'García Pérez',
  'Müller',
  'van der Berg',
  'Nguyễn',
  '田中',
  'Smith-Okafor',
  'Kowalska',
  'Иванова',
  'Haddad',
  'Rao',
  'Ferreira',
  'Yılmaz',
  'Novák',
  'Ó Briain',
  'Mensah',
];

export const jobTitles = ['Engineer', 'Senior Engineer', 'Accountant', 'Head of Sales', 'Nurse', 'Buyer (EU)', 'Clerk'];

export const departments = ['R&D', 'Sales', 'Finance & Control', 'Operations', 'People', 'Legal "EMEA"', 'IT'];

export const languages = ['en-US', 'de-DE', 'ja-JP', 'pt-BR', 'fr-CA'];

/** City, region, postal code and country go together. */
export const places = [
  { city: 'Köln', state: 'NRW', postalCode: '50667', country: 'DE' },
  { city: 'Sydney', state: 'NSW', postalCode: '2000', country: 'AU' },
  { city: 'São Paulo', state: 'SP', postalCode: '01310-100', country: 'BR' },
  { city: '大阪市', state: '大阪府', postalCode: '530-0001', country: 'JP' },
  { city: 'Boulder', state: 'CO', postalCode: '80301', country: 'US' },
];

export const groupNames = [
  'Sales',
  'All of R&D',
  'VPN users',
  'Kölner Büro',
  'App: Reports (read)',
  'Managers',
  '東京',
];
