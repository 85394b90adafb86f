/**
 * The first five minutes, in curl: what `npm start` prints, and a test pastes into bash. It needs bash, curl and the Node
 * that runs the engine; a name that drops in twenty seconds is a real drop of the sandbox registry.
 */
import type { StackUrls } from './stack.ts';

export interface WalkthroughPlaces {
  urls: Pick<StackUrls, 'api' | 'mail'>;
  /** How a shell gets the operator's key, for example `cat .data/admin-key`. */
  adminKeyCommand: string;
}

export function walkthrough({ urls, adminKeyCommand }: WalkthroughPlaces): string {
  return String.raw`API=${urls.api}; MAIL=${urls.mail}; OPERATOR=$(${adminKeyCommand})
at() { node -p "new Date(Date.now() + $1 * 1000).toISOString()"; }
field() { node -p "JSON.parse(require('fs').readFileSync(0, 'utf8')).$1"; }
call() { curl -sS -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -X "$2" "$API$3" "$${''}{@:4}"; echo; }

# 1. The operator makes a registrar, and a test key for it.
REGISTRAR=$(call $OPERATOR POST /v1/registrars -d '{"name": "Example Registrar", "billing": "postpaid"}' | field id)
KEY=$(call $OPERATOR POST /v1/registrars/$REGISTRAR/keys -d '{"name": "first", "scopes": ["reservations", "bids", "read"], "mode": "test"}' | field secret)

# 2. Somebody holds a name, has not renewed it, and it drops in twenty seconds.
NAME=first-$(date +%s).test
call $KEY PUT /v1/sandbox/domains/$NAME -d "{\"registered_at\": \"$(at -38448000)\", \"expires_at\": \"$(at -6912000)\", \"owner\": \"lets_go\", \"drops_at\": \"$(at 20)\"}"

# 3. A customer wants it. The same Idempotency-Key again would give the same answer and make no second one.
RESERVATION=$(call $KEY POST /v1/reservations -H "Idempotency-Key: first-$NAME" -d "{\"domain\": \"$NAME\", \"customer\": {\"id\": \"cus-1\", \"email\": \"ada@customer.test\", \"name\": \"Ada\"}, \"budget\": {\"amount\": 20000, \"currency\": \"USD\"}}" | field id)
call $KEY GET /v1/reservations/$RESERVATION

# 4. Watch it: waiting, catching, won.
for second in $(seq 60); do STATUS=$(call $KEY GET /v1/reservations/$RESERVATION | field status); echo "$STATUS"; case $STATUS in won|lost|missed|rejected) break;; esac; sleep 1; done

# 5. What happened, and the mail Ada got.
call $KEY GET /v1/reservations/$RESERVATION/events
curl -sS "$MAIL/api/messages?to=ada@customer.test" | node -p "JSON.parse(require('fs').readFileSync(0, 'utf8')).map((mail) => mail.date + '  ' + mail.subject).join('\n')"`;
}
