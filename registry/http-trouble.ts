/**
 * What a source on the web (RDAP, IANA, a drop list) does instead of answering, in three kinds that a caller acts on.
 * Messages name the service and what happened, never the other side's text.
 */
import { RegistryUnreachable } from './gateway.ts';

/**
 * `away`: ask again, not before `retryAfterMs` where that is told. `refused`: it is there and does not tell us.
 * `nonsense`: it answered, and nothing of it can be used. None says anything about the name.
 */
export type TroubleKind = 'away' | 'refused' | 'nonsense';

const KINDS = {
  timed_out: 'away',
  unreachable: 'away',
  tls: 'away',
  cut_off: 'away',
  throttled: 'away',
  busy: 'away',
  own_limit: 'away',
  refused: 'refused',
  unexpected_status: 'nonsense',
  too_many_redirects: 'nonsense',
  redirect_loop: 'nonsense',
  bad_redirect: 'nonsense',
  forbidden_address: 'nonsense',
  malformed_http: 'nonsense',
  headers_too_large: 'nonsense',
  too_large: 'nonsense',
  bad_encoding: 'nonsense',
  wrong_type: 'nonsense',
  not_utf8: 'nonsense',
  not_json: 'nonsense',
  too_deep: 'nonsense',
  not_expected: 'nonsense',
  another_name: 'nonsense',
} as const satisfies Record<string, TroubleKind>;
export type TroubleCode = keyof typeof KINDS;

export class SourceTrouble extends RegistryUnreachable {
  override readonly name: string = 'SourceTrouble';
  readonly kind: TroubleKind;
  readonly code: TroubleCode;

  constructor(code: TroubleCode, message: string, retryAfterMs?: number) {
    super(message, { retryAfterMs });
    this.code = code;
    this.kind = KINDS[code];
  }
}

/** A failed exchange as trouble: Node's error codes sorted by what they mean to us. */
export function troubleOf(what: string, error: unknown, outOfTime: boolean): SourceTrouble {
  if (error instanceof SourceTrouble) return error;
  if (outOfTime) return new SourceTrouble('timed_out', `${what}: no whole answer in time`);
  const { code = 'unknown', message } = error as NodeJS.ErrnoException;
  if (code === 'HPE_HEADER_OVERFLOW') return new SourceTrouble('headers_too_large', `${what}: headers without an end`);
  if (code.startsWith('HPE_')) return new SourceTrouble('malformed_http', `${what}: not HTTP (${code})`);
  if (/^(ERR_TLS|ERR_SSL|CERT_|CRL_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/.test(code))
    return new SourceTrouble('tls', `${what}: no trusted connection (${code})`);
  if (message === 'aborted') return new SourceTrouble('cut_off', `${what}: the answer broke off`);
  return new SourceTrouble('unreachable', `${what}: out of reach (${code})`);
}
