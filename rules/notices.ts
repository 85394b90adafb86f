/** What can become of a notice. */

export type NoticeResult =
  | { kind: 'sent' }
  /** It was no longer true, or a newer one had gone out. */
  | { kind: 'overtaken' }
  /** `refused`: for good, with the SMTP reply code where there was one. `given_up`: not accepted for three days. */
  | { kind: 'failed'; reason: 'refused' | 'given_up'; code?: number };
