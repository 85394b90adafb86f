/** What a hostile or sloppy registry may send is refused or read, never obeyed. */
import fc from 'fast-check';
import { readXml, tag, xmlDocument } from '../../registry/epp/xml.ts';

const read = (xml: string) => readXml(Buffer.from(xml));
const bomb = `<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "${'&x;'.repeat(50)}">]><a>&y;</a>`;

test.each([
  ['a DTD', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
  ['an entity bomb', bomb],
  ['an unknown entity', '<a>&nope;</a>'],
  ['bottomless nesting', '<a>'.repeat(100_000)],
  ['a flood of elements', `<a>${'<b/>'.repeat(30_000)}</a>`],
  ['an unbound prefix', '<domain:a/>'],
  ['half a document', '<a><b></b>'],
  ['two roots', '<a/><b/>'],
  ['nothing', ''],
  ['what is not XML', 'HTTP/1.1 400 Bad Request'],
])('%s is refused', (_what, xml) => {
  expect(read(xml).kind).toBe('refused');
});

test('a refusal does not quote the document', () => {
  expect(JSON.stringify(read('<a><pw>s3cret</pw>&nope;</a>'))).not.toContain('s3cret');
});

test('prefixes mean nothing, namespaces everything', () => {
  const shapes = [
    '<a xmlns="urn:x"><b>1</b></a>',
    '<p:a xmlns:p="urn:x"><p:b>1</p:b></p:a>',
    '<a xmlns="urn:x"><q:b xmlns:q="urn:x"> 1\n</q:b></a>',
  ];
  const [first, ...others] = shapes.map(read);
  for (const other of others) expect(other).toEqual(first);
});

test('a byte order mark, UTF-16, CDATA and comments are read', () => {
  const expected = read('<a>ü&lt;</a>');
  expect(readXml(Buffer.from('\uFEFF<a>ü<!-- c -->&lt;</a>'))).toEqual(expected);
  expect(readXml(Buffer.from('\uFEFF<a><![CDATA[ü<]]></a>', 'utf16le'))).toEqual(expected);
});

test('whatever is written is read back', () => {
  const printable = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\s+/g, ' ').trim());
  fc.assert(
    fc.property(printable, printable, (text, attribute) => {
      const back = read(xmlDocument(tag('a', { s: attribute }, tag('b', {}, text))));
      if (back.kind !== 'read') throw new Error(back.reason);
      expect(back.root.attributes.get('s')).toBe(attribute);
      expect(back.root.children[0]?.text).toBe(text);
    }),
  );
});

test('what XML cannot carry is replaced, so that the frame stays readable', () => {
  expect(read(xmlDocument(tag('a', {}, 'x\u0000\u0008y'))).kind).toBe('read');
});
