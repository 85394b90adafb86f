/** An authInfo that nobody can guess, and that registries' rules for one let pass (RFC 9154 section 4.1: 128 bits or more). */
import { randomInt } from 'node:crypto';

/** What most registries ask for one of each, and no sign that a person mistakes or a form eats. */
const KINDS = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '!#%*+-.:=?@_~'];
const ALL = KINDS.join('');
/** 22 of 70 signs: 134 bits. */
const LENGTH = 22;

export function newAuthInfo(): string {
  for (;;) {
    const made = Array.from({ length: LENGTH }, () => ALL.charAt(randomInt(ALL.length))).join('');
    if (KINDS.every((kind) => [...kind].some((sign) => made.includes(sign)))) return made;
  }
}
