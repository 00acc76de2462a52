/**
 * Marks a version of a secret as revoked by a staging label, which says since when: so whoever may not read the secret
 * can revoke it, and its tokens are told from expired ones. A label belongs to one version only, hence the version's id
 * at its end.
 *
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html Staging labels}
 */
const LABEL = /^REVOKED-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/;

export function toRevocationLabel(at: Date, versionId: string): string {
  const time = at.toISOString().replace(/\.\d+Z$/, 'Z');
  return `REVOKED-${time.replaceAll(/[-:]/g, '')}-${versionId}`;
}

export function isRevocationLabel(label: string): boolean {
  return LABEL.test(label);
}

/** Since when a version with these labels is revoked. */
export function findRevocation(labels: readonly string[]): Date | undefined {
  for (const label of labels) {
    const [, year, month, day, hour, minute, second] = LABEL.exec(label) ?? [];
    if (year !== undefined) return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }
  return undefined;
}
