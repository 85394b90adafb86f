/** The report as HTML: to be read in a browser, printed, or attached to the last notice. Everything put in is escaped by the engine. */
import { createHash } from 'node:crypto';
import { Eta } from 'eta';
import type { Report } from './report.ts';
import { REPORT_PAGE, REPORT_STYLE } from './templates/report.ts';

const eta = new Eta({ autoEscape: true });
const page = eta.compile(REPORT_PAGE);

const sha256 = createHash('sha256').update(REPORT_STYLE).digest('base64');
/** Its own style and nothing else: no script, no image, no form, nothing from anywhere. */
const POLICY = `default-src 'none'; style-src 'sha256-${sha256}'; base-uri 'none'; form-action 'none'`;
/** As a header it can also forbid frames. */
export const REPORT_POLICY = `${POLICY}; frame-ancestors 'none'`;

export const reportPage = (report: Report): string =>
  eta.render(page, { ...report, style: REPORT_STYLE, policy: POLICY });
