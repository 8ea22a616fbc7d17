/**
 * The table of Meta's markets: the country of a recipient's number decides what a message costs.
 *
 * - MARKETS-1: a country that Meta does not list is of the market `Other`.
 * - MARKETS-2: a territory that shares the calling code of a listed country is of that country's market: Meta charges
 *   by calling code.
 * - MARKETS-3: a country that Meta moves on a date is of its former market until the day before.
 *
 * Source: Meta, WhatsApp Business Platform, "Pricing": "Country calling codes" for the table, "Updates to rate cards"
 * and "Previous rate card updates" for the moves, and Meta's rate card files for the spelling of the names.
 */

import type { LocalDate } from "../types.ts";
import type { CountryCode } from "./types.ts";

/** A market as Meta's rate cards name it, such as `Brazil` or `Rest of Latin America`. */
export type Market = string;

/** The market of all countries that Meta does not list. */
export const OTHER: Market = "Other";

/** The markets of more than one country. */
const REGIONS: Readonly<Record<Market, string>> = {
  "North America": "CA US",
  "Rest of Africa":
    "DZ AO BJ BW BF BI CM TD CG ER ET GA GM GH GW CI KE LS LR LY MG MW ML MR MA MZ NA NE RW SN SL SO SS SD SZ TZ TG TN " +
    "UG ZM",
  "Rest of Asia Pacific": "AF AU BD KH CN HK JP LA MN NP NZ PG PH SG LK TW TJ TH TM UZ VN",
  "Rest of Central & Eastern Europe": "AL AM AZ BY BG HR CZ GE GR HU LV LT MD MK PL RO RS SK SI UA",
  "Rest of Latin America": "BO CR DO EC SV GT HT HN JM NI PA PY PR UY VE",
  "Rest of Middle East": "BH IQ JO KW LB OM QA YE",
  "Rest of Western Europe": "AT BE DK FI IE NO PT SE CH",
};

/** The countries that are markets of their own on every date. */
const STANDALONE = "AR BR CL CO EG FR DE IN ID IL IT MY MX NL NG PK PE RU SA ZA ES TR AE GB";

/** What Meta moved, oldest first: to a market of their own, or to a region. */
const MOVES: readonly { readonly from: string; readonly countries: string; readonly to?: Market }[] = [
  { from: "2025-10-01", countries: "ZW", to: "Rest of Africa" },
  { from: "2026-07-01", countries: "HK HU PL QA RO SG" },
  { from: "2026-10-01", countries: "BD IQ KZ KW MA NP OM LK UA" },
];

/** The dates on which countries change their market. */
export const MOVE_DATES: readonly LocalDate[] = MOVES.map(({ from }) => from as LocalDate);

/** Territories and the listed country whose calling code they share. Source: ITU-T E.164, list of assigned codes. */
const SHARED_CODES: Readonly<Record<CountryCode, CountryCode>> = {
  AX: "FI",
  CC: "AU",
  CX: "AU",
  EH: "MA",
  GG: "GB",
  IM: "GB",
  JE: "GB",
  SJ: "NO",
  VA: "IT",
};

/** The English names of the countries, as Meta's table spells those that it lists. */
// deno-fmt-ignore
const NAMES =
  "AC Ascension Island;AD Andorra;AE United Arab Emirates;AF Afghanistan;AG Antigua and Barbuda;AI Anguilla;" +
  "AL Albania;AM Armenia;AO Angola;AR Argentina;AS American Samoa;AT Austria;AU Australia;AW Aruba;AZ Azerbaijan;" +
  "BA Bosnia and Herzegovina;BB Barbados;BD Bangladesh;BE Belgium;BF Burkina Faso;BG Bulgaria;BH Bahrain;BI Burundi;" +
  "BJ Benin;BL Saint Barthelemy;BM Bermuda;BN Brunei;BO Bolivia;BQ Caribbean Netherlands;BR Brazil;BS Bahamas;" +
  "BT Bhutan;BW Botswana;BY Belarus;BZ Belize;CA Canada;CD Democratic Republic of the Congo;" +
  "CF Central African Republic;CG Republic of the Congo (Brazzaville);CH Switzerland;CI Ivory Coast;CK Cook Islands;" +
  "CL Chile;CM Cameroon;CN China;CO Colombia;CR Costa Rica;CU Cuba;CV Cape Verde;CW Curacao;CY Cyprus;" +
  "CZ Czech Republic;DE Germany;DJ Djibouti;DK Denmark;DM Dominica;DO Dominican Republic;DZ Algeria;EC Ecuador;" +
  "EE Estonia;EG Egypt;ER Eritrea;ES Spain;ET Ethiopia;FI Finland;FJ Fiji;FK Falkland Islands;FM Micronesia;" +
  "FO Faroe Islands;FR France;GA Gabon;GB United Kingdom;GD Grenada;GE Georgia;GF French Guiana;GH Ghana;" +
  "GI Gibraltar;GL Greenland;GM Gambia;GN Guinea;GP Guadeloupe;GQ Equatorial Guinea;GR Greece;GT Guatemala;GU Guam;" +
  "GW Guinea-Bissau;GY Guyana;HK Hong Kong;HN Honduras;HR Croatia;HT Haiti;HU Hungary;ID Indonesia;IE Ireland;" +
  "IL Israel;IN India;IO British Indian Ocean Territory;IQ Iraq;IR Iran;IS Iceland;IT Italy;JM Jamaica;JO Jordan;" +
  "JP Japan;KE Kenya;KG Kyrgyzstan;KH Cambodia;KI Kiribati;KM Comoros;KN Saint Kitts and Nevis;KP North Korea;" +
  "KR South Korea;KW Kuwait;KY Cayman Islands;KZ Kazakhstan;LA Laos;LB Lebanon;LC Saint Lucia;LI Liechtenstein;" +
  "LK Sri Lanka;LR Liberia;LS Lesotho;LT Lithuania;LU Luxembourg;LV Latvia;LY Libya;MA Morocco;MC Monaco;MD Moldova;" +
  "ME Montenegro;MF Saint Martin;MG Madagascar;MH Marshall Islands;MK North Macedonia;ML Mali;MM Myanmar;" +
  "MN Mongolia;MO Macao;MP Northern Mariana Islands;MQ Martinique;MR Mauritania;MS Montserrat;MT Malta;MU Mauritius;" +
  "MV Maldives;MW Malawi;MX Mexico;MY Malaysia;MZ Mozambique;NA Namibia;NC New Caledonia;NE Niger;NF Norfolk Island;" +
  "NG Nigeria;NI Nicaragua;NL Netherlands;NO Norway;NP Nepal;NR Nauru;NU Niue;NZ New Zealand;OM Oman;PA Panama;" +
  "PE Peru;PF French Polynesia;PG Papua New Guinea;PH Philippines;PK Pakistan;PL Poland;" +
  "PM Saint Pierre and Miquelon;PR Puerto Rico;PS Palestine;PT Portugal;PW Palau;PY Paraguay;QA Qatar;RE Reunion;" +
  "RO Romania;RS Serbia;RU Russia;RW Rwanda;SA Saudi Arabia;SB Solomon Islands;SC Seychelles;SD Sudan;SE Sweden;" +
  "SG Singapore;SH Saint Helena;SI Slovenia;SK Slovakia;SL Sierra Leone;SM San Marino;SN Senegal;SO Somalia;" +
  "SR Suriname;SS South Sudan;ST Sao Tome and Principe;SV El Salvador;SX Sint Maarten;SY Syria;SZ Swaziland;" +
  "TA Tristan da Cunha;TC Turks and Caicos Islands;TD Chad;TG Togo;TH Thailand;TJ Tajikistan;TK Tokelau;" +
  "TL Timor-Leste;TM Turkmenistan;TN Tunisia;TO Tonga;TR Turkey;TT Trinidad and Tobago;TV Tuvalu;TW Taiwan;" +
  "TZ Tanzania;UA Ukraine;UG Uganda;US United States;UY Uruguay;UZ Uzbekistan;VC Saint Vincent and the Grenadines;" +
  "VE Venezuela;VG British Virgin Islands;VI US Virgin Islands;VN Vietnam;VU Vanuatu;WF Wallis and Futuna;WS Samoa;" +
  "XK Kosovo;YE Yemen;YT Mayotte;ZA South Africa;ZM Zambia;ZW Zimbabwe";

/** Other names of countries in Meta's documents and in ISO 3166. */
const ALIASES: Readonly<Record<string, CountryCode>> = {
  "Cote d'Ivoire": "CI",
  Czechia: "CZ",
  Eswatini: "SZ",
  Macau: "MO",
  "Republic of the Congo": "CG",
  Turkiye: "TR",
  UAE: "AE",
  UK: "GB",
  USA: "US",
};

const NAME_OF: ReadonlyMap<CountryCode, Market> = new Map(
  NAMES.split(";").map((entry) => [entry.slice(0, 2), entry.slice(3)]),
);

const REGION_OF: ReadonlyMap<CountryCode, Market> = new Map(
  Object.entries(REGIONS).flatMap(([region, countries]) =>
    countries.split(" ").map((country) => [country, region] as const)
  ),
);

const ALWAYS_STANDALONE: ReadonlySet<CountryCode> = new Set(STANDALONE.split(" "));

const COUNTRY_OF: ReadonlyMap<Market, CountryCode> = new Map(
  [...NAME_OF].map(([code, name]) => [name, code]),
);

/** Every country of the table. */
export const COUNTRIES: readonly CountryCode[] = [...NAME_OF.keys(), ...Object.keys(SHARED_CODES)].sort();

/** Every market that a rate card can name. */
export const MARKET_NAMES: readonly Market[] = [OTHER, ...Object.keys(REGIONS), ...NAME_OF.values()];

const BY_NAME: ReadonlyMap<string, Market> = new Map([
  ...MARKET_NAMES.map((market) => [plain(market), market] as const),
  ...Object.entries(ALIASES).map(([name, country]) => [plain(name), NAME_OF.get(country)!] as const),
]);

/**
 * Returns the market of a country's numbers on a date in the zone of Meta's account.
 *
 * @param standalone markets beside the table's that hold a country alone, such as those of a newer rate card
 */
export function marketOf(
  country: CountryCode,
  date: LocalDate,
  standalone?: ReadonlySet<Market>,
): Market {
  const listed = SHARED_CODES[country] ?? country;
  const own = NAME_OF.get(listed);
  if (own !== undefined && (ALWAYS_STANDALONE.has(listed) || standalone?.has(own))) return own;
  const move = MOVES.findLast(({ from, countries }) => from <= date && countries.split(" ").includes(listed));
  if (move !== undefined) return move.to ?? own!;
  return REGION_OF.get(listed) ?? OTHER;
}

/**
 * Finds the market that a text names: a region, `Other` or a country. Case, accents, spaces, hyphens, and `&` for
 * `and` make no difference.
 *
 * @returns the market as Meta's rate cards spell it; undefined when there is no such market
 */
export function marketNamed(text: string): Market | undefined {
  return BY_NAME.get(plain(text));
}

/** Returns the country that a market is named for; undefined for a region and for `Other`. */
export function countryOf(market: Market): CountryCode | undefined {
  return COUNTRY_OF.get(market);
}

/** Whether a market holds one country. */
export function isCountryMarket(market: Market): boolean {
  return COUNTRY_OF.has(market);
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("&", " and ")
    .replace(/[\s\-'’.,()]+/g, " ").trim();
}
