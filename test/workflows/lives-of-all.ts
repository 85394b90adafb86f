/** Every cause that moves a name × the stage in which it strikes × the TLD: `npm run test:lives`. `LIVES=nl,de` lives those alone. */
import { LIVED } from './lives.ts';
import { tellsLivesOf } from './living.ts';

const named = process.env['LIVES']?.split(',');
tellsLivesOf(LIVED.filter(({ tld }) => !named || named.includes(tld)));
