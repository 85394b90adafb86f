/** A notice is written once, as sentences; two templates show it, so that its text and its HTML cannot come to differ. */
import { Eta } from 'eta';
import { HTML } from './templates/html.ts';
import { TEXT } from './templates/text.ts';

export interface Notice {
  language: string;
  subject: string;
  greeting: string;
  paragraphs: string[];
  facts: { label: string; value: string }[];
  action?: { label: string; url: string };
  footer: string[];
}

const plain = new Eta({ autoEscape: false });
const markup = new Eta({ autoEscape: true });
const text = plain.compile(TEXT);
const html = markup.compile(HTML);

export const render = (notice: Notice): { text: string; html: string } => ({
  text: plain.render(text, notice),
  html: markup.render(html, notice),
});
