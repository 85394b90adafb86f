/**
 * Every refusal this API can answer, in one table: what a client's program switches on, what a person reads, and what
 * `/problems` documents (RFC 9457). A code that is not here cannot be answered.
 */
import type { Money } from '../rules/money.ts';

interface Documented {
  status: number;
  title: string;
  /** What is said where the place of the refusal knows nothing better. */
  detail: string;
}

const p = (status: number, title: string, detail: string): Documented => ({ status, title, detail });

export const PROBLEMS = {
  // The request itself
  malformed_json: p(400, 'Malformed JSON', 'The body is not a JSON object.'),
  undecodable_body: p(400, 'Undecodable body', 'The body is not in the encoding that Content-Encoding names.'),
  invalid_idempotency_key: p(
    400,
    'Invalid idempotency key',
    'Idempotency-Key has 1 to 255 printable ASCII characters.',
  ),
  unauthenticated: p(401, 'Not authenticated', 'Send a valid key as "Authorization: Bearer <key>".'),
  forbidden: p(403, 'Not allowed', 'This key does not have the scope that this call needs.'),
  registrar_suspended: p(403, 'Registrar suspended', 'A suspended registrar may read, but change nothing.'),
  test_mode_off: p(403, 'Test mode is off', 'This installation runs without the sandbox, test clocks and test keys.'),
  not_found: p(404, 'Not found', 'There is nothing at this address.'),
  method_not_allowed: p(405, 'Method not allowed', 'The Allow header lists the methods of this address.'),
  body_too_large: p(413, 'Body too large', 'A body may have 100 kB.'),
  unsupported_media_type: p(415, 'Unsupported media type', 'Send the body as application/json in UTF-8.'),
  invalid_parameter: p(422, 'Invalid parameter', 'One or more parameters are not valid; "errors" lists each.'),
  unknown_parameter: p(422, 'Unknown parameter', 'One or more parameters are not known here; "errors" lists each.'),
  idempotency_key_reused: p(
    422,
    'Idempotency key reused',
    'This key came before with another body. Use a new key for a new request.',
  ),
  idempotency_in_progress: p(
    409,
    'Request in progress',
    'The first request with this key is still running. Try again in a second.',
  ),
  rate_limited: p(
    429,
    'Too many requests',
    'This key has used up its requests for now; Retry-After says when to go on.',
  ),
  internal_error: p(500, 'Internal error', 'Something broke here. The request id helps us find it.'),
  engine_unavailable: p(
    503,
    'Engine unavailable',
    'The engine gives no answer. Nothing is known to have been done; try again with the same Idempotency-Key.',
  ),

  // Names
  invalid_domain: p(422, 'Invalid domain', 'This is not a domain name.'),
  invalid_idn: p(422, 'Invalid internationalized name', 'IDNA does not allow this name.'),
  public_suffix: p(422, 'Public suffix', 'Names are sold below this suffix, not the suffix itself.'),
  not_registrable: p(422, 'Not registrable', 'This is a host below a name, not a name that a registry sells.'),
  tld_not_supported: p(422, 'TLD not supported', 'No registry of this installation sells names below this TLD.'),
  no_race: p(
    422,
    'No race for this name',
    'This registry gives released names away itself; there is no drop to catch.',
  ),
  wrong_mode: p(422, 'Wrong mode', 'Test keys reach names under .test and test clocks only; live keys never do.'),

  // Reservations
  reservation_not_found: p(404, 'No such reservation', 'There is no reservation of yours with this id.'),
  unsupported_currency: p(422, 'Unsupported currency', 'Budgets are in USD.'),
  budget_below_price: p(422, 'Budget below price', 'The least budget is the list price of the TLD.'),
  registrant_required: p(
    422,
    'Registrant required',
    'This registry needs a registrant, and none is configured for it.',
  ),
  wait_until_past: p(422, 'Waiting ends in the past', 'wait_until must lie ahead, by the clock the name lives under.'),
  test_clock_mismatch: p(422, 'Another test clock', 'A name takes the clock of its sandbox entry.'),
  already_reserved: p(
    409,
    'Already reserved',
    'This customer has an open reservation of this name; "reservation" is its id.',
  ),
  domain_available: p(422, 'Domain available', 'Nobody holds this name: register it instead of reserving it.'),
  already_ours: p(422, 'Already ours', 'This name is registered through us already.'),
  reserved_by_registry: p(422, 'Reserved by the registry', 'The registry withholds this name from registration.'),
  premium: p(422, 'Premium name', 'The registry sells this name at a price of its own.'),
  queue_full: p(422, 'Queue full', 'This name has as many reservations as it can take.'),
  too_many_claims: p(422, 'Too many reservations', 'This registrar has as many open reservations as it may.'),
  past_cutoff: p(
    409,
    'Past the cut-off',
    'Joining and leaving close this long before the drop; see the TLD’s cutoff_s.',
  ),
  no_offer: p(409, 'No offer', 'No offer to this reservation stands, or it was answered otherwise.'),
  budget_committed: p(
    409,
    'Budget committed',
    'Money is held for this reservation, and its budget cannot be lowered under that.',
  ),
  award_not_found: p(
    404,
    'No such award',
    'No award of this name was decided that a claim of yours was considered in.',
  ),
  not_won: p(409, 'Not won', 'This reservation has won no name: there is no registration to show.'),
  taken_back: p(
    409,
    'Taken back',
    'The registry took this name back after it was awarded, and what was paid was given back.',
  ),
  delivery_held: p(
    409,
    'Delivery held',
    'Whoever had the name before can still have it back; the registration says until when.',
  ),
  auth_info_shown: p(
    409,
    'Shown before',
    'The authInfo of this name was shown before. It is kept nowhere, and shown once.',
  ),
  auth_info_in_progress: p(409, 'Being asked for', 'Somebody asks for this authInfo right now. Try again soon.'),
  auth_info_refused: p(
    409,
    'Refused by the registry',
    'The registry does not take another authInfo for this name as it stands. Nothing was shown.',
  ),
  registry_unavailable: p(503, 'Registry unavailable', 'The registry gives no answer. Nothing was shown; try again.'),
  reservation_ended: p(409, 'Reservation ended', 'This reservation has ended; its outcome says how.'),

  // Auctions
  auction_not_found: p(404, 'No such auction', 'There is no auction with this id that a claim of yours is in.'),
  auction_closed: p(409, 'Auction closed', 'The bid came at the end of the auction or later.'),
  not_an_entrant: p(422, 'Not in this auction', 'Only reservations that were funded at the drop may bid here.'),
  bid_below_minimum: p(
    422,
    'Bid below the minimum',
    'A bid is at least one step over the price; who leads bids more than its own maximum. "minimum" is the least.',
  ),
  bid_over_budget: p(422, 'Bid over the budget', 'A budget is a hard limit; raise it first.'),
  insufficient_funds: p(402, 'Insufficient funds', 'What is available on the account does not cover this.'),
  over_spend_cap: p(422, 'Over the spend cap', 'The operator has set how much your registrar may spend.'),
  too_many_bids: p(409, 'Too many bids', 'This auction has taken as many bids as it can.'),
  bid_given_up: p(
    409,
    'Bid given up',
    'This bid came to the auction too late to be taken up, and nothing is held for it. Bid again with another Idempotency-Key.',
  ),

  customer_not_found: p(404, 'No such customer', 'No reservation of yours was ever placed for this customer.'),
  award_open: p(
    409,
    'Award open',
    'A name is being caught or awarded for this customer; "reservation" is the one. Erase the customer when it is decided.',
  ),

  // Money
  refund_exceeds_balance: p(409, 'Refund exceeds balance', 'What is held, owed or lent is not paid out.'),
  reference_reused: p(409, 'Reference reused', 'A payment with this reference was booked with another amount.'),
  strike_not_found: p(404, 'No such strike', 'There is no strike with this id.'),

  // Support
  nothing_to_decide: p(409, 'Nothing to decide', 'Nothing stopped here: no step waits for a decision.'),
  attention_changed: p(
    409,
    'Attention changed',
    'What needs attention now is not what this decision was about. Read it again.',
  ),
  not_skippable: p(422, 'Not skippable', 'A step that moves money or settles ownership cannot be skipped.'),
  domain_not_found: p(404, 'No such domain', 'Nobody waits for this name.'),

  cannot_unseal: p(422, 'Cannot unseal', 'A sealed value cannot be opened with the payload keys of this installation.'),

  // Sandbox and test clocks
  clock_not_found: p(404, 'No such test clock', 'There is no test clock of yours with this id.'),
  test_clock_advancing: p(409, 'Test clock advancing', 'Wait until the clock is ready, then try again.'),
  test_clock_failed: p(409, 'Test clock failed', 'This clock has stopped for good. Delete it and make another.'),
  not_forward: p(422, 'Not forward', 'A test clock only moves forward.'),
  sandbox_name_not_found: p(404, 'No such sandbox name', 'Nobody has put this name into the sandbox.'),
  sandbox_name_taken: p(
    409,
    'Sandbox name taken',
    'Another registrar scripts this name. Any registrar may reserve it.',
  ),
  sandbox_name_in_use: p(409, 'Sandbox name in use', 'The name has open reservations and cannot change its clock.'),
  too_many_names: p(422, 'Too many names', 'A test clock has at most 100 names.'),
  invalid_facts: p(422, 'Contradictory facts', 'These facts cannot all be true of one registration.'),

  // Drop lists
  malformed_drop_list: p(422, 'Malformed drop list', 'The body is not a drop list in the format that was named.'),
  empty_drop_list: p(
    422,
    'Empty drop list',
    'The file has no row. It would take back every instant of the list before it.',
  ),
  drop_list_too_large: p(413, 'Drop list too large', 'A drop list may have 64 MB as sent, and 512 MB unpacked.'),
  drop_list_ahead: p(422, 'Drop list ahead of its time', 'A list cannot have been published later than now.'),
  drop_list_outdated: p(409, 'Drop list outdated', 'A list that was published later is loaded here already.'),
  drop_list_not_found: p(404, 'No such drop list', 'There is no drop list with this id.'),

  // Operator
  registrar_not_found: p(404, 'No such registrar', 'There is no registrar with this id.'),
  key_not_found: p(404, 'No such key', 'There is no key with this id here.'),
  tld_not_found: p(404, 'No such TLD', 'Nothing is known of this TLD here.'),
} as const satisfies Record<string, Documented>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ParameterError {
  param: string;
  detail: string;
}

export interface ProblemExtra {
  detail?: string;
  param?: string;
  errors?: ParameterError[];
  /** The reservation this is about, where it is another than the one asked for. */
  reservation?: string;
  /** The least that may be bid. */
  minimum?: Money;
  retryAfterS?: number;
  /** Methods for the Allow header. */
  allow?: string[];
}

/** A refusal as a value; handlers return it, and one place renders it. */
export class Problem {
  readonly code: ProblemCode;
  readonly extra: ProblemExtra;

  constructor(code: ProblemCode, extra: ProblemExtra) {
    this.code = code;
    this.extra = extra;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

export const problem = (code: ProblemCode, extra: ProblemExtra = {}): Problem => new Problem(code, extra);

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

/** The body of RFC 9457; `instance` is the path alone, a query may hold what is personal. */
export function problemBody({ code, extra }: Problem, instance: string, requestId: string): Record<string, unknown> {
  const { status, title, detail } = PROBLEMS[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: extra.detail ?? detail,
    instance,
    code,
    ...(extra.param !== undefined && { param: extra.param }),
    ...(extra.errors && { errors: extra.errors }),
    ...(extra.reservation !== undefined && { reservation: extra.reservation }),
    ...(extra.minimum && { minimum: extra.minimum }),
    request_id: requestId,
  };
}

export const documentedProblem = (code: ProblemCode) => ({ type: `/problems/${code}`, code, ...PROBLEMS[code] });

export const documentedProblems = () => (Object.keys(PROBLEMS) as ProblemCode[]).map(documentedProblem);
