/** Reports in German, Sie-form. */
import type { ReportWording } from './report.ts';

export const REPORT_DE: ReportWording = {
  title: (name) => `Bericht zur Vormerkung von ${name}`,
  soFar: 'Die Vormerkung ist nicht beendet. Dies ist bisher geschehen.',
  sections: {
    result: 'Was daraus wurde',
    drop: 'Wer den Namen hat, und seit wann',
    tried: 'Was wir versucht haben',
    timeline: 'Was geschehen ist',
    similar: 'Ähnliche Namen',
    proof: 'Nachweis',
  },
  asOf: (when) => `Stand: ${when}.`,

  holder: {
    us: (sponsor) => `Die Registry nennt ${sponsor} als Registrar des Namens; das sind wir.`,
    other: (sponsor) => `Die Registry nennt ${sponsor} als Registrar des Namens.`,
    at: (when) => `Laut Registry wurde er am ${when} registriert.`,
  },
  after: {
    exact: (lag, from, to) =>
      `Er wurde ${lag} nach seiner Freigabe registriert: vom ${from}, dem von der Registry veröffentlichten Zeitpunkt, bis zum ${to}, den die Registry für die neue Registrierung nennt.`,
    atMost: (lag, from, to) =>
      `Er wurde höchstens ${lag} nach seiner Freigabe registriert: Am ${from}, nach unserer Uhr, nannte die Registry noch die alte Registrierung, und für die neue nennt sie den ${to}. Wann dazwischen der Name frei wurde, hat die Registry uns nicht mitgeteilt.`,
    toTheSecond:
      'Der Zeitpunkt der Registry enthält keine Bruchteile einer Sekunde; sie können abgeschnitten worden sein.',
    unknown: {
      not_registered: 'Wer den Namen nach seiner Freigabe registriert hat, ist uns nicht bekannt.',
      no_registration_instant: 'Wann er registriert wurde, hat die Registry uns nicht mitgeteilt.',
      no_drop_instant:
        'Wie lange nach seiner Freigabe das war, ist nicht bekannt: Die Registry hat den Zeitpunkt der Freigabe nicht veröffentlicht, und keine der Antworten an uns zeigt ihn.',
    },
  },

  tried: {
    none: 'Wir haben keine Anfrage zur Registrierung des Namens gesendet.',
    creates: (count, isAll) =>
      isAll
        ? `Anfragen zur Registrierung des Namens, die wir an die Registry gesendet haben: ${count}.`
        : `Anfragen zur Registrierung des Namens, die wir an die Registry gesendet haben: mindestens ${count}. Nicht alle sind hier aufgezeichnet.`,
    columns: {
      answer: 'Antwort der Registry (EPP)',
      count: 'Anzahl',
      first: 'Zuerst gesendet',
      last: 'Zuletzt gesendet',
    },
    beside: {
      drop: (when) =>
        `Zeiten nach unserer Uhr; in Klammern, wie lange vor (−) oder nach (+) der veröffentlichten Freigabe am ${when}.`,
      registration: (when) =>
        `Zeiten nach unserer Uhr; in Klammern, wie lange vor (−) oder nach (+) der Registrierung am ${when}, wie die Registry sie nennt.`,
    },
    code: (code) => `${code}`,
    means: {
      1000: 'angenommen',
      1001: 'angenommen, wird später ausgeführt',
      2201: 'nicht erlaubt: Jemand hat den Namen',
      2202: 'nicht erlaubt: Jemand hat den Namen',
      2302: 'abgelehnt: Jemand hat den Namen, vielleicht noch sein bisheriger Inhaber',
      2304: 'abgelehnt: Der Name lässt sich in seinem jetzigen Zustand nicht registrieren',
      2306: 'abgelehnt nach den Regeln der Registry',
      2400: 'bei der Registry fehlgeschlagen',
      2500: 'bei der Registry fehlgeschlagen, die dann die Verbindung beendet hat',
      2502: 'abgelehnt: zu viele Verbindungen oder Anfragen',
    },
    noAnswer: 'keine Antwort; die Registry wurde dann gefragt, wer den Namen hat',
    notReached: 'nicht gesendet: Die Registry war nicht zu erreichen',
    refused: (code) => `Eine Anfrage für diese Vormerkung wurde endgültig abgelehnt, mit dem Code ${code}.`,
  },

  placed: (stage) => `Die Vormerkung wurde aufgenommen. Der Name: ${stage}.`,
  expiring: (when, days) =>
    `Die Registrierung des Inhabers sollte am ${when} ablaufen, ${
      days === 0 ? 'binnen Stunden' : `in höchstens ${days === 1 ? 'einem Tag' : `${days} Tagen`}`
    }.`,
  expired: (when) =>
    when === undefined
      ? 'Die Registrierung des Inhabers ist abgelaufen.'
      : `Die Registrierung des Inhabers lief bis zum ${when}.`,
  stage: (stage) => `Die Auskunft der Registry hat sich geändert. Der Name: ${stage}.`,
  drop: {
    published: (period) => `Die Freigabe wurde für folgende Zeit veröffentlicht: ${period}.`,
    estimated: (period) => `Die Freigabe wurde ${period} erwartet (eine Schätzung).`,
    uncertain: (period) => `Die Freigabe war ${period} möglich (unsicher).`,
  },
  dropMoved: (period) => `Bis dahin hatten wir Ihnen genannt: ${period}.`,
  keptUntil: (when) => `Er war danach bis zum ${when} registriert.`,
  catching: (period) =>
    period === undefined
      ? 'Wir haben begonnen, die Registrierung des Namens zu versuchen.'
      : `Wir haben begonnen, die Registrierung des Namens zu versuchen, dessen Freigabe wir ${period} erwarteten.`,
  caught: 'Der Name wurde über uns registriert; wer ihn erhält, wurde dann entschieden.',
  registeredBy: (sponsor) => `Nach Auskunft der Registry ist der Name neu registriert, mit ${sponsor} als Registrar.`,
  expiryMoved: (from, to) => `Das Ende der Registrierung hat sich vom ${from} auf den ${to} verschoben.`,
  transferred: (from, to) => `Der Name ist vom Registrar ${from} zum Registrar ${to} gewechselt.`,
  awardStands: {
    stands: 'Die Registrierung bestand, als wir uns ihrer zuletzt zu vergewissern hatten.',
    left: 'Der Name wurde mit dem dafür angezeigten Code zu einem anderen Registrar transferiert.',
  },
  attention: 'Ein Schritt ließ sich nicht ausführen und wartete auf unseren Support.',
  decision: {
    retry: 'Unser Support hat den Schritt noch einmal versuchen lassen.',
    skip: 'Unser Support hat den Schritt übergehen lassen.',
    accepted: 'Das Angebot wurde angenommen.',
    declined: 'Das Angebot wurde abgelehnt.',
    lapsed: 'Das Angebot wurde nicht rechtzeitig beantwortet.',
  },
  unfunded: (amount, due) => `Das Konto deckte ${amount} nicht; gedeckt sein musste der Betrag bis zum ${due}.`,
  offered: (price, by) => `Der Name wurde für ${price} angeboten, bis zum ${by}.`,
  unpaid: (price, by) =>
    `Der Name wurde für ${price} zugeteilt, doch das Konto deckte den Betrag nicht: Zu zahlen war bis zum ${by}.`,
  auction: {
    started: (price, endsAt) => `Die Auktion begann bei ${price} und sollte am ${endsAt} enden.`,
    outbid: (price, endsAt) => `Jemand anderes lag nun vorn, bei ${price}; die Auktion sollte am ${endsAt} enden.`,
    extended: (price, endsAt) =>
      `Ein spätes Gebot hat das Ende der Auktion auf den ${endsAt} verschoben; der Preis stand bei ${price}.`,
    closing: (price, endsAt) => `Die Auktion näherte sich ihrem Ende am ${endsAt}; der Preis stand bei ${price}.`,
    closed: (price, endsAt) => `Die Auktion endete am ${endsAt}, bei ${price}.`,
  },
  award: {
    by: (rule, version, claims) => `Entschieden wurde ${rule} (${version}); berücksichtigte Vormerkungen: ${claims}.`,
    rules: {
      in_order: 'nach der Reihenfolge der Vormerkungen',
      auction_when_contested: 'durch Auktion, wenn mehrere den Namen haben können',
    },
    verdict: {
      take: (price) => `Der Name sollte für ${price} an eine davon gehen.`,
      auction: () => 'Diejenigen, die ihn haben können, sollten bieten.',
      nobody: () => 'Keine davon konnte ihn haben.',
    },
    mine: {
      first_in_order: 'Es war diese, als erste der Reihe.',
      next_in_order: 'Es war diese, als nächste der Reihe.',
      highest_bid: 'Es war diese, durch das höchste Gebot.',
      bids: 'Diese darf bieten.',
      outbid: 'Diese wurde überboten.',
      behind_in_order: 'Diese stand weiter hinten in der Reihe.',
      unfunded: 'Diese wurde übergangen, da ihr Preis bei Annahmeschluss nicht gedeckt war.',
      dry_run: 'Diese war ein Probelauf.',
      declined: 'Diese hatte abgelehnt.',
      lapsed: 'Diese hatte ihr Angebot nicht rechtzeitig beantwortet.',
      defaulted: 'Diese hatte nicht rechtzeitig bezahlt.',
      tied_to_default: 'Diese wurde übergangen, da eine andere desselben Kunden nicht rechtzeitig bezahlt worden war.',
      blocked: 'Diese durfte nach nicht bezahlten Zuteilungen nicht mitbieten.',
      left: 'Diese war beendet worden.',
    },
  },
  reason: (words) => `Der genannte Grund: „${words}“.`,
  notice: {
    sent: (what) => `E-Mail ${what}: vom Mailserver angenommen.`,
    overtaken: (what) => `E-Mail ${what}: nicht gesendet, da inzwischen überholt.`,
    refused: (what, code) =>
      code === undefined ? `E-Mail ${what}: endgültig abgelehnt.` : `E-Mail ${what}: endgültig abgelehnt (${code}).`,
    givenUp: (what) => `E-Mail ${what}: nach drei Tagen aufgegeben.`,
    about: {
      'reservation.placed': 'zur Aufnahme der Vormerkung',
      'reservation.expiring': 'zum nahenden Ablauf',
      'reservation.expired': 'zum Ablauf',
      'reservation.stage_changed': 'zur neuen Phase',
      'reservation.drop_scheduled': 'zum Zeitpunkt der Freigabe',
      'reservation.renewed': 'dazu, dass der Name behalten wurde',
      'reservation.caught': 'zur Registrierung über uns',
      'reservation.unfunded': 'zum nicht gedeckten Preis',
      'reservation.offered': 'zum Angebot',
      'reservation.payment_required': 'zur fälligen Zahlung',
      'auction.started': 'zum Beginn der Auktion',
      'auction.outbid': 'dazu, dass Sie überboten wurden',
      'auction.closing': 'zum nahen Ende der Auktion',
      'auction.closed': 'zum Ende der Auktion',
      'reservation.won': 'zum Ergebnis',
      'reservation.delivered': 'zur Übergabe',
      'reservation.taken_back': 'zur Rücknahme des Namens',
      'reservation.lost': 'zum Ergebnis',
      'reservation.missed': 'zum Ergebnis',
      'reservation.cancelled': 'zur Stornierung',
      'reservation.rejected': 'zur Ablehnung',
    },
    aboutOther: 'zu dieser Vormerkung',
  },
  recorded: (type) => `Aufgezeichnet: ${type}.`,

  similar: {
    columns: { name: 'Name', why: 'Warum', state: 'Seine Registry' },
    reasons: {
      other_tld: 'derselbe Name, eine andere Endung',
      ascii: 'in Buchstaben, die jede Tastatur hat',
      hyphen: 'mit oder ohne Bindestrich',
      number: 'Einzahl oder Mehrzahl',
      synonym: 'ein anderes Wort für fast dasselbe',
      prefix: 'mit einem Wort davor',
      suffix: 'mit einem Wort danach',
    },
    states: {
      available: 'nennt ihn frei',
      premium: 'verkauft ihn zu einem eigenen Preis',
      taken: 'nennt ihn vergeben',
      unknown: 'hat nichts gesagt',
    },
    asOf: (when) =>
      `Nach Auskunft der Registrys am ${when}. Einen freien Namen kann registrieren, wer zuerst kommt: Das kann sich seitdem geändert haben.`,
    none: 'Uns ist keiner eingefallen.',
    away: 'Ähnliche Namen ließen sich gerade nicht ermitteln. Alles andere steht hier.',
    someAway: 'Nicht jede Registry hat gerade geantwortet.',
    elsewhere:
      'Welche ähnlichen Namen frei sind, ändert sich von Minute zu Minute; daher nennt dieses Exemplar keine. Ihr Registrar kann Ihnen jederzeit zeigen, welche gerade frei sind.',
  },
  proof:
    'Jeder Eintrag der Aufzeichnung trägt eine Prüfsumme über sich und den Eintrag davor. Diese Zeile nennt die letzte, auf der dieser Bericht beruht: Wer sie aufbewahrt, kann zeigen, ob davor etwas geändert wurde.',
  earlier: (count) => `Frühere Einträge, die hier nicht aufgeführt sind: ${count}.`,
  times: (zone) => `Alle Zeiten gelten für die Zeitzone ${zone}.`,
  attached:
    'Was Eintrag für Eintrag geschehen ist, liegt als Bericht bei, der sich in jedem Browser lesen und drucken lässt.',
};
