/** The notices in German, Sie-form. Registry and registrar are called so there too; a reservation is a Vormerkung. */
import { formatMoney } from '../../rules/money.ts';
import type { Wording } from './wording.ts';

export const DE: Wording = {
  language: 'de',
  formats: {
    day: 'd. LLLL yyyy',
    minute: "d. LLLL yyyy, HH:mm 'Uhr' ZZZZ",
    second: "d. LLLL yyyy, HH:mm:ss 'Uhr' ZZZZ",
  },
  money: (money) => formatMoney(money).replace('.', ','),
  inOurLanguage: ({ en, de = en }) => de,

  greeting: (person) => (person === undefined ? 'Guten Tag,' : `Guten Tag ${person},`),
  forCustomer: (customer) =>
    `Diese Nachricht betrifft Ihren Kunden ${customer} und ging stattdessen an Sie. Sie ist an ihn gerichtet.`,
  registrar: 'den Registrar, bei dem Sie sie aufgegeben haben',
  canDo: {
    waiting: (registrar) =>
      `Sie müssen jetzt nichts tun. Wenn Sie die Vormerkung ändern oder stornieren möchten, wenden Sie sich an ${registrar}. Stornieren lässt sie sich bis kurz vor der Freigabe.`,
    bound: (registrar) =>
      `Sie müssen jetzt nichts tun. Die Vormerkung lässt sich nicht mehr stornieren. Bei Fragen wenden Sie sich an ${registrar}.`,
    ended: (registrar) => `Bei Fragen wenden Sie sich an ${registrar}.`,
    fund: (registrar) =>
      `Wenn der Betrag gedeckt oder die Vormerkung storniert werden soll, wenden Sie sich an ${registrar}.`,
    bid: (registrar) =>
      `Bieten können Sie bis zum Ende der Auktion über ${registrar}. Ein Gebot lässt sich erhöhen, aber nicht zurücknehmen, und die Vormerkung lässt sich nicht mehr stornieren.`,
    answer: (registrar) => `Um rechtzeitig anzunehmen oder abzulehnen, wenden Sie sich an ${registrar}.`,
    pay: (registrar) => `Damit der Name rechtzeitig bezahlt wird, wenden Sie sich an ${registrar}.`,
  },
  act: {
    waiting: 'Ihre Vormerkung ansehen',
    bound: 'Ihre Vormerkung ansehen',
    ended: 'Ihre Vormerkung ansehen',
    fund: 'Ansehen, was zu decken ist',
    bid: 'Bieten',
    answer: 'Annehmen oder ablehnen',
    pay: 'Bezahlen',
  },
  noPromise:
    'Eine Vormerkung ist keine Zusage: Der Inhaber kann den Namen behalten, jemand anderes kann ihn schneller registrieren, und eine frühere Vormerkung geht Ihrer vor. Garantiert ist nichts.',
  reserveAgain:
    'Wenn Sie den Namen weiterhin möchten, können Sie ihn für eine mögliche spätere Freigabe neu vormerken.',
  hasEnded: 'Inzwischen ist die Vormerkung beendet.',
  reservationEnded: 'Ihre Vormerkung ist damit beendet.',
  movedOn: 'Seitdem hat sich der Stand des Namens geändert; den neuen Stand nennt eine eigene Nachricht.',
  dryRun: 'Diese Vormerkung ist ein Probelauf: Der Name wird beobachtet, registriert wird für sie nichts.',

  stages: {
    registered: {
      title: 'weiterhin registriert',
      meaning: (name) => `${name} ist registriert, und der Inhaber kann die Registrierung weiter verlängern.`,
    },
    auto_renew_grace: {
      title: 'Laufzeit abgelaufen',
      meaning: (name) =>
        `Die Registrierung von ${name} ist abgelaufen. Der Registrar des Inhabers kann ihm noch einige Tage oder Wochen lang die Verlängerung ermöglichen.`,
    },
    redemption: {
      title: 'in der Wiederherstellungsfrist',
      meaning: (name) =>
        `${name} wurde vom Registrar des Inhabers gelöscht und befindet sich in der Wiederherstellungsfrist (Redemption): Der Inhaber kann den Namen noch wiederherstellen lassen, meist gegen eine zusätzliche Gebühr.`,
    },
    pending_restore: {
      title: 'Wiederherstellung beantragt',
      meaning: (name) =>
        `Der Registrar des Inhabers hat bei der Registry die Wiederherstellung von ${name} beantragt. Wird sie abgeschlossen, behält der Inhaber den Namen; andernfalls kehrt er in die Wiederherstellungsfrist zurück.`,
    },
    pending_delete: {
      title: 'kurz vor der Freigabe',
      meaning: (name) =>
        `${name} steht zur Löschung an (Pending Delete): Das ist die letzte Phase vor der Freigabe. Der Inhaber kann den Namen nicht mehr wiederherstellen.`,
    },
    available: {
      title: 'freigegeben',
      meaning: (name) => `Nach Auskunft der Registry ist ${name} im Augenblick nicht vergeben.`,
    },
    registered_by_us: {
      title: 'über uns registriert',
      meaning: (name) => `${name} ist über uns registriert worden. Wer den Namen erhält, wird noch entschieden.`,
    },
    registered_by_other: {
      title: 'anderweitig registriert',
      meaning: (name) => `${name} wurde freigegeben und ist über einen anderen Registrar registriert worden.`,
    },
    unknown: {
      title: 'Stand nicht bekannt',
      meaning: (name) => `Aus der letzten Auskunft der Registry geht nicht hervor, in welcher Phase ${name} ist.`,
    },
  },
  deleted: {
    title: 'vom Registrar gelöscht',
    meaning: (name) =>
      `${name} wurde vom Registrar des Inhabers gelöscht und wird frei, wenn der Name nicht wiederhergestellt wird. Ob der Inhaber ihn noch wiederherstellen lassen kann, teilt die Registry nicht mit.`,
  },
  next: {
    expiry: (when) =>
      `Die Registrierung läuft bis zum ${when}. Bis dahin und einige Zeit darüber hinaus kann der Inhaber sie verlängern.`,
    redemption: (when) =>
      `Verlängert der Inhaber nicht, rechnen wir damit, dass sein Registrar den Namen bis etwa zum ${when} löscht (eine Schätzung).`,
    pending_delete: (when) =>
      `Falls der Name nicht wiederhergestellt wird, rechnen wir damit, dass die letzte Phase (Pending Delete) bis etwa zum ${when} beginnt (eine Schätzung).`,
    registry_check: (when) => `Wir fragen weiter bei der Registry nach, das nächste Mal bis zum ${when}.`,
  },
  released: {
    trying:
      'Wir versuchen jetzt, den Namen zu registrieren, und versuchen es weiter, solange ihn niemand hat. Andere können dasselbe tun.',
    dryRun: 'Für einen Probelauf wird keine Registrierung beantragt.',
  },

  placed: {
    subject: (name) => `Ihre Vormerkung von ${name}`,
    text: (name) =>
      `${name} ist für Sie vorgemerkt. Wir beobachten den Namen und versuchen, ihn bei der Freigabe für Sie zu registrieren.`,
    dryRun: (name) => `${name} ist für Sie vorgemerkt. Wir beobachten den Namen und berichten Ihnen, was aus ihm wird.`,
    onRenewal: {
      keep_waiting: 'Behält der Inhaber den Namen, wartet Ihre Vormerkung auf die nächste Gelegenheit.',
      close: 'Behält der Inhaber den Namen, endet Ihre Vormerkung, wie Sie es gewünscht haben.',
    },
    waitUntil: (when) => `Sie wartet längstens bis zum ${when}.`,
  },
  expiring: {
    subject: (name, when) => `${name}: registriert bis zum ${when}`,
    text: (name, when, days) =>
      `Die Registrierung von ${name} läuft bis zum ${when}, also ${
        days === 0 ? 'nur noch wenige Stunden' : `noch höchstens ${days === 1 ? 'einen Tag' : `${days} Tage`}`
      }.`,
    canRenew:
      'Der Inhaber kann sie bis dahin und meist auch noch einige Zeit danach verlängern. Die meisten Inhaber tun das.',
    otherwise: (name) =>
      `Ohne Verlängerung ist ${name} nicht sofort frei: Der Name durchläuft zunächst die Phasen, die seine Registry vorsieht, und wir unterrichten Sie über jede.`,
  },
  dateMoved: (when) =>
    `Das ersetzt das Datum, das wir Ihnen zuvor genannt haben (${when}): Die Registry nennt jetzt ein anderes.`,
  ranUntil: (name, when) => `Die Registrierung von ${name} lief bis zum ${when}.`,
  kept: {
    subject: (name) => `${name}: diesmal keine Freigabe`,
    text: {
      renewed: (name) => `Die Registrierung von ${name} wurde verlängert; der Name kommt also diesmal nicht frei.`,
      restored: (name) => `${name} wurde für den Inhaber wiederhergestellt; der Name kommt also diesmal nicht frei.`,
      transferred: (name) =>
        `${name} ist nicht mehr auf dem Weg zur Freigabe: Die Registrierung ist zu einem anderen Registrar gewechselt.`,
      kept_unknown: (name) =>
        `${name} ist nicht mehr auf dem Weg zur Freigabe. Wie es dazu kam, geht aus den Auskünften der Registry nicht hervor.`,
    },
    until: (when) => `Nach Auskunft der Registry ist der Name jetzt bis zum ${when} registriert.`,
    waitsOn: 'Ihre Vormerkung wartet weiter und behält ihren Platz.',
  },
  drop: {
    subject: {
      published: (name, when) => `${name}: Freigabe veröffentlicht für den ${when}`,
      estimated: (name, when) => `${name}: Freigabe etwa am ${when} erwartet`,
      uncertain: (name, when) => `${name}: Freigabe etwa am ${when} möglich`,
    },
    movedSubject: (name) => `${name}: anderer Zeitpunkt der Freigabe`,
    at: (when) => `am ${when}`,
    between: (from, to) => `zwischen dem ${from} und dem ${to}`,
    text: {
      published: (period) => `Die Freigabe ist für folgende Zeit veröffentlicht: ${period}.`,
      estimated: (period) =>
        `Wenn niemand eingreift, rechnen wir damit, dass die Registry den Namen ${period} freigibt. Das ist eine Schätzung nach den üblichen Regeln der Registry, kein von ihr genannter Termin.`,
      uncertain: (period) =>
        `Wenn niemand eingreift, könnte die Registry den Namen ${period} freigeben. Das ist unsicher: Was über die Regeln der Registry bekannt ist, ist alt, aus zweiter Hand oder widersprüchlich, und einen Termin hat sie nicht genannt.`,
    },
    before: (period) => `Damit ist überholt, was zuvor bekannt war: ${period}.`,
    thenWeTry: 'Wir versuchen dann sofort, ihn zu registrieren. Andere können dasselbe tun.',
    itIsTime:
      'Diese Zeit ist gekommen: Wir versuchen, ihn zu registrieren, sobald wir sehen, dass er frei ist. Andere können dasselbe tun.',
  },
  calendar: {
    title: {
      published: (name) => `${name}: veröffentlichte Freigabe`,
      estimated: (name) => `${name}: erwartete Freigabe (Schätzung)`,
      uncertain: (name) => `${name}: mögliche Freigabe (unsicher)`,
    },
    invited:
      'Ein Eintrag für Ihren Kalender liegt bei. Verschiebt sich der erwartete Zeitpunkt, verschiebt sich auch der Eintrag.',
    cancelled: 'Den Kalendereintrag, den wir Ihnen geschickt haben, nehmen wir mit dieser Nachricht zurück.',
  },
  unfunded: {
    subject: (name) => `${name}: Der Preis ist nicht gedeckt`,
    text: (name, amount, due) =>
      `Das Konto, dem Ihre Vormerkung von ${name} belastet wird, deckt ${amount} nicht. Gedeckt sein muss der Betrag bis zum ${due}.`,
    otherwise:
      'Ist er es bis dahin nicht, wird Ihre Vormerkung übergangen, und andere können den Namen erhalten. Belastet wird nur, wenn Sie den Namen bekommen.',
  },
  auction: {
    started: {
      subject: (name) => `${name}: Die Auktion hat begonnen`,
      text: (name, price, endsAt) =>
        `${name} ist über uns registriert worden, und auch andere haben den Namen vorgemerkt. Bieten können nur diejenigen, die ihn vorgemerkt haben. Der Preis steht bei ${price}, die Auktion endet am ${endsAt}; ein spätes Gebot kann sie verlängern.`,
    },
    outbid: {
      subject: (name) => `${name}: Sie wurden überboten`,
      text: (name, price, endsAt) =>
        `In der Auktion von ${name} führt jetzt jemand anderes, der Preis steht bei ${price}. Sie endet am ${endsAt}; ein spätes Gebot kann sie verlängern.`,
    },
    closing: {
      subject: (name) => `${name}: Die Auktion endet bald`,
      text: (name, price, endsAt) =>
        `Die Auktion von ${name} endet am ${endsAt}; ein spätes Gebot kann sie verlängern. Der Preis steht bei ${price}.`,
    },
    closed: {
      subject: (name) => `${name}: Die Auktion ist beendet`,
      text: (name, price, endsAt) =>
        `Die Auktion von ${name} endete am ${endsAt} bei ${price}. Wer den Namen erhält, steht in einer eigenen Nachricht, sobald er bezahlt ist.`,
    },
    hardLimit: 'Ihr Budget ist eine feste Grenze: Darüber wird weder geboten noch belastet.',
    budget: {
      bid: 'Ihr Budget ist für Sie geboten worden: Sie zahlen davon nicht mehr, als nötig ist, um die anderen zu überbieten.',
      insufficient:
        'Ihr Budget ist nicht geboten worden: Für den vollen Betrag fehlt die Deckung. Ihre Vormerkung gilt zum Listenpreis, und Sie können weniger bieten.',
      over_cap:
        'Ihr Budget ist nicht geboten worden: Mit dem vollen Betrag würde mehr ausgegeben als erlaubt. Ihre Vormerkung gilt zum Listenpreis, und Sie können weniger bieten.',
    },
    aboveBudget: 'Das nächste Gebot läge über Ihrem Budget. Um weiter zu bieten, erhöhen Sie zuerst das Budget.',
  },
  offered: {
    subject: (name) => `${name} wird Ihnen angeboten`,
    text: (name, price, by) =>
      `${name} ist über uns registriert worden und wird Ihnen für ${price} angeboten. Das Angebot gilt bis zum ${by}.`,
    otherwise:
      'Lehnen Sie ab oder antworten Sie bis dahin nicht, geht der Name an den Nächsten, und Ihnen entstehen keine Kosten.',
  },
  unpaid: {
    subject: (name) => `${name}: Zahlung erforderlich`,
    text: (name, price, by) =>
      `${name} gehört Ihnen für ${price}, doch das Konto, dem Ihre Vormerkung belastet wird, deckt den Betrag nicht. Gedeckt sein muss er bis zum ${by}.`,
    otherwise:
      'Wird bis dahin nicht bezahlt, geht der Name an jemand anderen, und dem Registrar kann für die verfallene Zuteilung eine Gebühr berechnet werden.',
  },
  won: {
    subject: (name) => `${name} ist für Sie registriert`,
    text: (name, price) => `${name} wurde freigegeben und ist für Sie registriert. Der Preis beträgt ${price}.`,
    held: (until) =>
      `Wer den Namen vorher hatte, kann ihn bis zum ${until} noch zurückerhalten. Bis dahin bleibt er bei uns und lässt sich nicht wegtransferieren. Nimmt die Registry ihn zurück, erhalten Sie zurück, was bezahlt wurde.`,
    keepIt:
      'Sie müssen dafür nichts weiter tun. Die Registrierung läuft bis zum unten genannten Datum: Verlängern Sie sie rechtzeitig, wenn Sie den Namen behalten möchten.',
    rights:
      'Eine Registrierung klärt nicht alle Rechte an einem Namen: Wer ein älteres Recht hat, etwa eine Marke, kann sie weiterhin anfechten.',
  },
  delivered: {
    subject: (name) => `${name} ist übergeben`,
    text: (name) =>
      `Die Zeit, in der ${name} an den vorherigen Inhaber zurückfallen konnte, ist vorbei. Der Name lässt sich jetzt auch transferieren.`,
  },
  takenBack: {
    subject: (name) => `${name} wurde von der Registry zurückgenommen`,
    text: {
      gone: (name, when) =>
        `${name} war für Sie registriert. Spätestens seit dem ${when} führt die Registry diese Registrierung nicht mehr.`,
      other_sponsor: (name, when) =>
        `${name} war für Sie registriert. Spätestens seit dem ${when} nennt die Registry einen anderen Registrar.`,
      other_registration: (name, when) =>
        `${name} war für Sie registriert, und die Registry hat das rückgängig gemacht: Spätestens seit dem ${when} zeigt sie eine andere Registrierung des Namens.`,
    },
    refunded: (amount) => `Was dafür bezahlt wurde, ${amount}, ist dem Konto gutgeschrieben, von dem es genommen war.`,
  },
  lost: {
    subject: (name) => `${name} konnte nicht für Sie registriert werden`,
    dryRunSubject: (name) => `${name}: Ihr Probelauf ist beendet`,
    text: {
      caught_by_other: (name, caughtBy) =>
        `Jemand anderes hat ${name} schneller registriert. ${
          caughtBy === undefined
            ? 'Der Name liegt jetzt bei einem anderen Registrar.'
            : `Die Registry nennt jetzt ${caughtBy} als Registrar.`
        }`,
      behind_in_order: (name) =>
        `${name} wurde über uns registriert, aber eine frühere Vormerkung ging Ihrer vor und hat den Namen erhalten.`,
      outbid: (name) => `${name} wurde über uns registriert, aber jemand anderes hat mehr dafür geboten.`,
      unfunded: (name) =>
        `Der Preis von ${name} war nicht rechtzeitig gedeckt; Ihre Vormerkung wurde deshalb bei der Freigabe übergangen.`,
      declined: (name) =>
        `${name} wurde Ihnen angeboten und nicht rechtzeitig angenommen oder abgelehnt. Ihnen entstehen keine Kosten.`,
      defaulted: (name) =>
        `Die Zuteilung von ${name} wurde nicht rechtzeitig bezahlt, von Ihnen oder unter demselben Kunden, derselben E-Mail-Adresse oder demselben Inhaber. Der Name geht an andere weiter.`,
      blocked: (name) =>
        `${name} wurde über uns registriert, und mehrere wollten ihn haben. Ihre Vormerkung konnte nicht mitbieten, weil frühere Zuteilungen an Sie oder an andere Kunden des Registrars, bei dem Sie vorgemerkt haben, nicht bezahlt wurden.`,
      dry_run: () =>
        'Ihre Vormerkung war wie gewünscht ein Probelauf: Der Name wurde bis zum Ende beobachtet, und für Sie wurde nichts registriert.',
      no_race: (name) =>
        `${name} wurde nicht für den frei, der zuerst fragt: Die Registry vergibt diesen Namen auf eigenem Wege.`,
      not_catchable: (name) =>
        `${name} konnte nicht registriert werden: Unsere Anfrage an die Registry ließ sich nicht abschließen, und unser Support hat den Versuch beendet.`,
    },
  },
  missed: {
    subject: (name) => `${name}: Ihre Vormerkung ist beendet`,
    text: {
      kept: (name) =>
        `${name} wird diesmal nicht frei. Für diesen Fall hatten Sie gewünscht, dass die Vormerkung endet; sie ist nun beendet.`,
      wait_until: (name, waitUntil) =>
        `${name} wurde in der Zeit, die Sie warten wollten${
          waitUntil === undefined ? '' : ` (bis zum ${waitUntil})`
        }, nicht freigegeben. Die Vormerkung ist beendet.`,
    },
  },
  cancelled: {
    subject: (name) => `${name}: Ihre Vormerkung ist storniert`,
    text: {
      by_registrar: (name) =>
        `Ihre Vormerkung von ${name} wurde von dem Registrar storniert, bei dem Sie sie aufgegeben haben. Wir beobachten den Namen nicht länger für Sie und registrieren ihn nicht für Sie.`,
      by_support: (name) =>
        `Ihre Vormerkung von ${name} wurde von unserem Support storniert. Wir beobachten den Namen nicht länger für Sie und registrieren ihn nicht für Sie.`,
    },
  },
  rejected: {
    subject: (name) => `${name} konnte nicht vorgemerkt werden`,
    text: (name) =>
      `Ihre Vormerkung von ${name} ist eingegangen, ließ sich dann aber nicht aufnehmen. Kosten entstehen Ihnen dafür nicht.`,
    reasons: {
      domain_available: (name) =>
        `Nach Auskunft der Registry ist ${name} nicht vergeben: Eine Vormerkung ist nicht nötig, wer zuerst kommt, kann den Namen sofort registrieren.`,
      already_ours: (name) => `${name} ist bereits über uns registriert; eine Freigabe steht nicht bevor.`,
      reserved_by_registry: (name) => `Die Registry hält ${name} zurück: Niemand kann den Namen registrieren.`,
      no_race: (name) =>
        `Die Registry vergibt ${name} in einem eigenen Verfahren und nicht an den, der zuerst anfragt.`,
      premium: (name) => `Die Registry verkauft ${name} zu einem eigenen Preis, den eine Vormerkung nicht abdeckt.`,
      queue_full: (name) => `Für ${name} liegen bereits so viele Vormerkungen vor, wie wir annehmen.`,
      past_cutoff: (name) =>
        `Die Freigabe von ${name} stand so kurz bevor, dass keine weitere Vormerkung mehr angenommen werden konnte.`,
      already_reserved: (name) => `${name} ist für Sie bereits vorgemerkt; diese Vormerkung besteht unverändert fort.`,
    },
  },

  labels: {
    budget: 'Budget',
    reservation: 'Vormerkung',
    asOf: 'Stand',
    price: 'Preis',
    awarded: 'Zugeteilt',
    registeredUntil: 'Registriert bis',
    sponsor: 'Registrar laut Registry',
    roid: 'Kennung der Registrierung bei der Registry (ROID)',
    needed: 'Zu decken',
    neededBy: 'Zu decken bis',
    standsAt: 'Preis derzeit',
    nextBid: 'Nächstes Gebot ab',
    auctionEnds: 'Ende der Auktion',
    answerBy: 'Antwort bis',
    payBy: 'Zahlung bis',
    refunded: 'Erstattet',
  },
  testSubject: '[Test]',
  footer: {
    test: 'Dies ist ein Test: Der Name und seine Registry sind simuliert und die Zeitangaben ebenso.',
    times: (zone) => `Alle Zeiten gelten für die Zeitzone ${zone}. Diese Nachricht wurde automatisch verschickt.`,
    proof:
      'Bewahren Sie diese Nachricht auf: Ihre letzte Zeile belegt, was über diese Vormerkung bis dahin aufgezeichnet war.',
  },
};
