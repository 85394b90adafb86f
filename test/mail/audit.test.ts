/** The soak's look at the mail: what was overtaken need not come, what is due must, and a refusal only where 202 was answered. */
import { auditMail } from '../../dev/soak/audit-mail.ts';
import { audit } from '../../dev/soak/audit.ts';
import { agreedBook } from '../soak/book.ts';

test('books whose mail agrees say nothing, and what was overtaken need not come', () => {
  const books = agreedBook();
  expect(books.store.deliveries.map(({ status }) => status)).toContain('overtaken');
  expect(audit(books)).toEqual([]);
});

test.each([
  [true, 1],
  [undefined, 0],
])('a refusal whose request was answered 202 (%s) is missed where it did not come', (accepted, found) => {
  const books = agreedBook();
  const doc = books.store.reservations.find(({ _id }) => _id === 'rsv_other');
  const last = books.store.events.findLast(({ reservation }) => reservation === 'rsv_other');
  if (!doc || !last) throw new Error('the book has changed');
  if (accepted) doc.accepted_unplaced = accepted;
  last.type = 'reservation.rejected';
  books.mails = books.mails.filter((event) => event !== last._id);
  expect(auditMail(books)).toHaveLength(found);
});
