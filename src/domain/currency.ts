/**
 * The currencies and funds of ISO 4217 that a contract can be priced in, as of 2026. Retired codes (`HRK`, `BGN`),
 * metals (`XAU`) and the codes for tests and for no currency (`XTS`, `XXX`) are not among them.
 *
 * The list is pinned because `Intl.supportedValuesOf("currency")` depends on the runtime: Deno 2.9.6 lists `HRK` and
 * `ZWL`, which are retired, and lacks `XCG`, `ZWG`, `SLE` and `VED`. Two processes must accept the same contracts.
 */
const CURRENCIES: ReadonlySet<string> = new Set(
  (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF " +
    "CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD " +
    "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD " +
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN " +
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD " +
    "TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
  ).split(" "),
);

/** Tells whether a text is a code of ISO 4217 that money can be charged in. Codes have capital letters. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}
