/** An answer that cannot be worked with. It has been recorded; whatever depended on it is left out. */
export class UnusableAnswerError extends Error {
  override readonly name = 'UnusableAnswerError';
}

/** The run is over before its end: interrupted, the token refused, nobody answers, or answers make no sense. */
export class RunStoppedError extends Error {
  override readonly name = 'RunStoppedError';
  readonly reason: 'interrupted' | 'refused' | 'unreachable' | 'unusable';

  constructor(reason: RunStoppedError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
