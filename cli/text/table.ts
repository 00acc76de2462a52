export interface Column<Row> {
  readonly title: string;
  /** Undefined is shown as a dash. */
  readonly value: (row: Row) => string | number | undefined;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** An aligned table without borders, each line ended; the last column is not padded. */
export function toTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => toCell(value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align))
        .join(GAP)
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Names and values below each other, the values aligned; what is undefined is left out. */
export function toFields(fields: readonly (readonly [name: string, value: string | number | undefined])[]): string {
  const shown = fields.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name)));
  return shown.map(([name, value]) => `${pad(name, width)}${GAP}${toCell(value)}\n`).join('');
}

/** `1 user`, `2 users`, `no users`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? one : many}`;
}

/** Values come from identity providers: none of them may move the cursor or colour the terminal. */
export function toCell(value: string | number | undefined): string {
  if (value === undefined || value === '') return '-';
  return String(value).replace(/\p{Cc}/gu, '�');
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Code points, not UTF-16 units: a name with an emoji stays aligned on most terminals. */
function widthOf(text: string): number {
  return [...text].length;
}
