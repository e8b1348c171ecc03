// Who can log in, and what each login reaches: three ad accounts, forty-one of an agency, none, and one without a role.
export interface AdAccountSeed {
  /** Digits only; the API calls it `act_<id>`. */
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly zone: string;
  /** 1 active, 2 disabled, 3 unsettled, 7 pending review, 9 grace period, 100 pending closure, 101 closed. */
  readonly status: number;
  readonly business: { readonly id: string; readonly name: string } | null;
  readonly campaigns: number;
  readonly historyDays: number;
  /** Of one ad in a day, about: in minor units of the currency. */
  readonly spendMinor: number;
}

export interface PersonSeed {
  /** Digits: the person's id for our app. */
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly accounts: readonly string[];
  /** What the person may do in the accounts; reports need ANALYZE. */
  readonly tasks: readonly string[];
  /** Nobody: a user that a business made for its programs, with tokens and no password. */
  readonly isSystem?: true;
}

const monsoon = { id: "9000000000000001", name: "Monsoon & Moss" };
const lotus = { id: "9000000000000002", name: "Lotus Media 🪷" };

const own: readonly AdAccountSeed[] = [
  {
    id: "101000000000001",
    name: "Monsoon & Moss India",
    currency: "INR",
    zone: "Asia/Kolkata",
    status: 1,
    business: monsoon,
    campaigns: 6,
    historyDays: 760,
    spendMinor: 42_000,
  },
  {
    id: "101000000000002",
    name: "Monsoon & Moss US",
    currency: "USD",
    zone: "America/New_York",
    status: 1,
    business: monsoon,
    campaigns: 4,
    historyDays: 400,
    spendMinor: 5_400,
  },
  {
    id: "101000000000003",
    name: "Pilot (old)",
    currency: "EUR",
    zone: "Europe/Berlin",
    status: 2,
    business: null,
    campaigns: 2,
    historyDays: 200,
    spendMinor: 2_100,
  },
];

const places = [
  ["USD", "America/Los_Angeles"],
  ["INR", "Asia/Kolkata"],
  ["GBP", "Europe/London"],
  ["JPY", "Asia/Tokyo"],
  ["AUD", "Australia/Sydney"],
  ["KWD", "Asia/Kuwait"],
  ["NPR", "Asia/Kathmandu"],
  ["BRL", "America/Sao_Paulo"],
] as const;
const brands =
  "Aster,Birch,Cedar,Dahlia,Elm,Fern,Ginger,Heath,Iris,Juniper,Kelp,Lilac,Maple,Neem,Oak,Poppy,Quince,Rose,Sage,Teak";

/** An agency's: every currency and zone, some of them disabled, unsettled or closed. */
const agency: readonly AdAccountSeed[] = Array.from({ length: 41 }, (_, n) => {
  const [currency, zone] = places[n % places.length] ?? places[0];
  const status = n % 13 === 5 ? 2 : n % 13 === 9 ? 3 : n % 17 === 11 ? 101 : n === 40 ? 100 : 1;
  return {
    id: String(202000000000001 + n),
    name: `${brands.split(",")[n % 20] ?? "Brand"} ${n < 20 ? "Prospecting" : "Retargeting"}`,
    currency,
    zone,
    status,
    business: n % 3 === 0 ? null : lotus,
    campaigns: 1 + (n % 3),
    historyDays: 90,
    spendMinor: currency === "JPY" ? 800 : 3_000,
  };
});

export const adAccountSeeds: readonly AdAccountSeed[] = [...own, ...agency];

export const personSeeds: readonly PersonSeed[] = [
  {
    id: "10220000000000101",
    name: "Priya Sharma",
    about: "three ad accounts, one of them disabled",
    accounts: own.map((account) => account.id),
    tasks: ["ADVERTISE", "ANALYZE", "DRAFT"],
  },
  {
    id: "10220000000000102",
    name: "Arjun Mehta (Lotus Media)",
    about: "an agency: 41 ad accounts",
    accounts: agency.map((account) => account.id),
    tasks: ["ANALYZE"],
  },
  {
    id: "10220000000000103",
    name: "Dev Nair",
    about: "no ad account at all",
    accounts: [],
    tasks: [],
  },
  {
    id: "10220000000000104",
    name: "Rahul Das",
    about: "wrong role: sees an ad account, may not read its reports",
    accounts: [own[0]?.id ?? ""],
    tasks: ["DRAFT"],
  },
  {
    id: "10220000000000105",
    name: "Monsoon reporting",
    about: "a system user of Monsoon & Moss: a token that does not end, for the same three ad accounts",
    accounts: own.map((account) => account.id),
    tasks: ["ANALYZE"],
    isSystem: true,
  },
];
