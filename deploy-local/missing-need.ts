/** Something that is needed of the machine is not there. The message is one line, and says what brings it. */
export class MissingNeedError extends Error {
  override readonly name = 'MissingNeedError';
}
