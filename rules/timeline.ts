/**
 * What makes a reservation's timeline whole: events numbered from 1 without a gap, each hashed together with the hash of the one
 * before, up to where the reservation says it has come. Read one after another, so that the longest timeline takes no memory.
 */

/** The latest event of a timeline: whoever has noted it down can tell whether anything up to it was changed since. */
export interface Head {
  seq: number;
  hash: string;
}

/** An event as stored, with what it should be: the id that goes with its number, and the hash of its content. */
export interface Link extends Head {
  id: string;
  previousHash: string;
  idOfSeq: string;
  /** Undefined: its content is not even what an event can hold. */
  hashOfContent: string | undefined;
}

export const DAMAGE = {
  changed: 'its content is not what was hashed',
  unlinked: 'it does not follow the event before it: one of the two was replaced',
  reordered: 'it is stored under a number that is not its own',
  duplicated: 'it is there twice',
  missing: 'there is no such event, and there are later ones',
  cut_off: 'there is no such event, and the timeline went on to it',
  added: 'the reservation has not published it; a publication under way may be seen like this for a minute',
  replaced: 'it was noted down with another hash',
  orphaned: 'there is no such reservation',
} as const;

export interface Finding {
  /** The first event concerned. */
  seq: number;
  what: keyof typeof DAMAGE;
}

export interface TimelineCheck {
  /** Takes the next event, in the order of `seq`. */
  next(link: Link): Finding[];
  /** After the last event: `published` is how far the reservation has come, null where there is none. */
  end(published: { seq: number; head: Head | null } | null): Finding[];
}

export function timelineCheck(genesis: string): TimelineCheck {
  let last: Head = { seq: 0, hash: genesis };

  function damageOf(link: Link): Finding['what'] | undefined {
    if (link.seq === last.seq || link.hash === last.hash) return 'duplicated';
    if (link.seq < 1 || link.id !== link.idOfSeq) return 'reordered';
    if (link.hash !== link.hashOfContent) return 'changed';
    // After a gap the event before is not there to be compared with.
    return link.seq === last.seq + 1 && link.previousHash !== last.hash ? 'unlinked' : undefined;
  }

  return {
    next: (link) => {
      const what = damageOf(link);
      const gap = link.seq > last.seq + 1;
      const found: Finding[] = [
        ...(gap ? [{ seq: last.seq + 1, what: 'missing' as const }] : []),
        ...(what ? [{ seq: link.seq, what }] : []),
      ];
      // What was found once is not found again in each event that follows.
      last = { seq: Math.max(link.seq, last.seq), hash: link.hash };
      return found;
    },
    end: (published) => {
      if (!published) return [{ seq: last.seq, what: 'orphaned' }];
      const { head } = published;
      const come = Math.max(published.seq, head?.seq ?? 0);
      if (last.seq < come) return [{ seq: last.seq + 1, what: 'cut_off' }];
      if (last.seq > come) return [{ seq: come + 1, what: 'added' }];
      const isHead = head === null ? last.seq === 0 : head.seq === last.seq && head.hash === last.hash;
      return isHead ? [] : [{ seq: last.seq, what: 'replaced' }];
    },
  };
}
