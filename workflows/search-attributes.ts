/** What ops can search workflows by. Keyword attributes are few on SQL stores: ten at most. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const domainName = defineSearchAttributeKey('Domain', SearchAttributeType.KEYWORD);
export const tld = defineSearchAttributeKey('Tld', SearchAttributeType.KEYWORD);
export const stage = defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD);
export const reservationStatus = defineSearchAttributeKey('ReservationStatus', SearchAttributeType.KEYWORD);
export const registrar = defineSearchAttributeKey('Registrar', SearchAttributeType.KEYWORD);
export const needsAttention = defineSearchAttributeKey('NeedsAttention', SearchAttributeType.KEYWORD);
export const dropAt = defineSearchAttributeKey('DropAt', SearchAttributeType.DATETIME);
