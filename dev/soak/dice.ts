/** Chance from one seed: the same seed falls the same way, in the same order. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export class Dice {
  readonly #source;

  constructor(seed: number) {
    this.#source = xoroshiro128plus(seed);
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return uniformInt(this.#source, Math.ceil(from), Math.floor(Math.max(from, to)));
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.between(1, 100) <= share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)] as T;
  }

  /** Each entry as likely as its weight says. */
  weighed<T>(from: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.between(
      1,
      from.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, value] of from) if ((left -= weight) <= 0) return value;
    throw new Error('nothing to choose from');
  }
}
