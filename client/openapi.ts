// Generated from the OpenAPI document by `deno task client:types`. Do not edit.

export interface paths {
    "/webhooks/whatsapp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify the webhook for Meta
         * @description Responds with `hub.challenge` if `hub.verify_token` is META_VERIFY_TOKEN; otherwise 403 `verify_token_mismatch`.
         */
        get: operations["verifyWebhook"];
        put?: never;
        /**
         * Receive a webhook from Meta
         * @description `X-Hub-Signature-256` must sign the raw body; otherwise 401 `bad_signature`. 200 means that every event is durable.
         */
        post: operations["receiveWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a company */
        get: operations["getCompany"];
        /**
         * Create or update a company
         * @description `name` and `time_zone` are always required. Other omitted fields keep their value, scheduled changes included. Defaults of a new company: locale `pt-BR`, policy `charge`, no country, no phone numbers.
         */
        put: operations["putCompany"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List companies
         * @description The companies the key can access. Filters and order use committed rows: those of a local day that ended may be of that day until the day is closed, within a minute. A company whose value changes between two pages may be missing, or appear twice. Each `balance` is read like that of `GET /v1/companies/{company}/balance`. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listCompanies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/phone_numbers/{phone_number_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the owners of a phone number
         * @description The companies that had one of Meta's phone numbers, and when. An event belongs to the company that had its number at the event's own time.
         */
        get: operations["getPhoneNumber"];
        /**
         * Name a phone number
         * @description Names one of Meta's phone numbers for people: webhooks and reports have its id only. The name belongs to the company that has the number now; a later owner begins without one.
         */
        put: operations["putPhoneNumber"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/phone_numbers/{phone_number_id}/meta_account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the Meta account of a phone number
         * @description The WhatsApp Business Account that the number belongs to. Its time zone says on which date and in which month Meta counts a message, its currency names the rates, and its portfolio counts the volume tiers. It holds for messages that are delivered from now on; messages that are counted keep their dates. Before the first account, dates are the company's. The same account again changes nothing.
         */
        put: operations["putMetaAccount"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/contract": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the contract
         * @description The current terms, the scheduled terms and all versions. 404 `contract_not_found` if none exists.
         */
        get: operations["getContract"];
        /**
         * Create or change the contract
         * @description Idempotent. More credits apply now, fewer from the first renewal after the commitment ends, new prices from the next month. The body replaces everything scheduled: repeating the current package withdraws a scheduled cancellation or smaller package.
         */
        put: operations["putContract"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/contract/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel the package
         * @description Schedules the end of the package. 409 `package_not_found` if there is no package to cancel.
         */
        post: operations["cancelContract"];
        /**
         * Withdraw a cancellation
         * @description The package continues. A price change scheduled with the cancellation stays: put the earlier contract to undo both. 409 `cancellation_not_found` if none is scheduled.
         */
        delete: operations["withdrawCancellation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the balance
         * @description Credits granted, consumed and available this month, and the excess beyond the package.
         */
        get: operations["getBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/balance/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream the balance
         * @description Server-sent events of type `balance`; `id` is the version, `data` the balance as JSON. The first event is a snapshot; `Last-Event-ID` is ignored. Each change sends the newest balance; a slow reader may skip versions. After 4 s without a balance a comment shows that the connection is open. Events of type `alert` have a `CompanyAlert` as JSON and no `id`: those of the last 24 hours after the snapshot, oldest first, then each one within a minute after it is raised.
         */
        get: operations["streamBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/balances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the balances of several companies
         * @description Each is read like that of `GET /v1/companies/{company}/balance`.
         */
        get: operations["getBalances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/contacts/{contact}/window": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a contact's windows
         * @description The open windows of a contact, and whether a free-form message is allowed now.
         */
        get: operations["getContactWindow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/contacts/{contact}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase a person
         * @description Deletes every phone and BSUID of the person that the company has stored, found under any spelling of the phone; totals do not change. Quarantined events of the person are erased too: the company's, and those without a company. Repeating the call is safe. When nobody is found, `contacts_erased` is 0 and `reason` says why; events of the contact from before the call that arrive later store no identifier.
         */
        delete: operations["eraseContact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/label_erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase labels
         * @description Erases every label of usage and sends that contains the text, in the ledger and wherever it is stored. A value that contains it becomes `•••`; a name that contains it is removed with its value. Credits do not change. The same set of labels stays erased when it is reported again. Repeat the call after a 503.
         */
        post: operations["eraseLabels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List windows
         * @description Open and closed windows, newest first. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listWindows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Authorize and record a send
         * @description Idempotent by `message_id`; the same id with another body is 409 `id_reused`. A free-form message to a contact without an open window is 409 `window_closed`, also when its `message_id` is sent again: retry with a new `message_id`, after the contact writes or with a template.
         */
        post: operations["createMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/messages/{message_id}/failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report that a send never left
         * @description Report that the Graph API refused a recorded send, for example with 400 and code 132000: no wamid and no webhook follow. Its credits are given back, unless Meta proves its delivery before or after the report. Idempotent: a repeated report changes nothing. A `message_id` without a recorded send is 404 `message_not_found`; a message of a final month is 409 `month_final`. To send the message again, record it under a new `message_id`.
         */
        post: operations["reportMessageFailure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Quote a campaign
         * @description The cost of a template to these recipients, if it were sent now; or of a free-form message to each, if it is delivered and Meta bills it. Changes nothing.
         */
        post: operations["createQuote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the usage report
         * @description Units and credits by the groups of `group_by`, for at most 366 days. A report by `phone_number_id` or `attribute:NAME` is a report by label: only one runs at a time for a company, and a second is 429 `too_many_reports`. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["getUsageReport"];
        put?: never;
        /**
         * Record usage
         * @description Records one usage, or a list of 1 to 1000 as a whole: one invalid usage refuses all, and `errors` gives its index. Idempotent by `id`; the same id with other values is 409 `id_reused`. CloudEvents 1.0 are read in structured, batch and binary mode: `type` is the feature, `source|id` the id, `time` when it occurred, `data` has `quantity` and `attributes`, and `subject`, if any, is the company.
         */
        post: operations["createUsage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List ledger entries
         * @description In the order of recording, newest first. The CSV for people is in the order of the page: by local date. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listLedgerEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/ledger/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the receipt of a ledger entry
         * @description The entry with its cause, rate and contract. `sentence` is in Portuguese or English, by `Accept-Language`, otherwise by the company's locale. 404 `entry_not_found` for an unknown `seq`.
         */
        get: operations["getReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List statements
         * @description One statement a month, newest first. An amount is null if a price it needs is not set. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listStatements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/statements/{month}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a statement
         * @description 404 `statement_not_found` for a month without data.
         */
        get: operations["getStatement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the forecast
         * @description When the package is expected to run out, and the excess expected this month. With too few closed days the response is 200 with `insufficient_data`.
         */
        get: operations["getForecast"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/what_if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compute a month under other terms
         * @description Computes a month again from its facts, under another contract, other prices, another policy or other rates of Meta, and answers its statement and margin beside the real ones. Changes nothing. It is exact, and takes about a second for 10,000 contacts. It stops when the caller disconnects. 2 run at once; others get 503 with `Retry-After`. 404 `statement_not_found` for a month without data, 409 `facts_deleted` for one whose facts are deleted.
         */
        post: operations["computeWhatIf"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rate card
         * @description All features, ordered by code. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listFeatures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/features/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a feature of the rate card */
        get: operations["getFeature"];
        /**
         * Set a feature's price and name
         * @description Sets the rate card's price, which applies to companies without their own price. Of the codes under `whatsapp.` only these exist: `whatsapp.inbound`, `whatsapp.outbound`, `whatsapp.outbound.marketing`, `whatsapp.outbound.utility`, `whatsapp.outbound.authentication`, `whatsapp.service_message`. Any other is 422 `unknown_feature`.
         */
        put: operations["putFeature"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a company's prices
         * @description All features at the company's prices, ordered by code. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listCompanyFeatures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/features/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a company's price of a feature */
        get: operations["getCompanyFeature"];
        /**
         * Set a company's own price of a feature
         * @description The feature must be on the rate card, or have a price of the company already; otherwise 422 `unknown_feature`. Names belong to the rate card: `name` is ignored here.
         */
        put: operations["putCompanyFeature"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meta_rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Meta's rate card on a date
         * @description The prices of every market that hold on a date, in one currency. A price that is missing is null, never zero.
         */
        get: operations["getMetaRates"];
        /**
         * Set Meta's rate card of a date
         * @description Stores what Meta charges in one currency from a date on, for all markets together: as JSON, or as `text/csv` in a file of Meta, with `currency` and `effective_from` in the query. A file has the list of rates, the volume tiers, or both, one after the other; volume tiers alone are added to the stored card of that date. Before its date a card can be replaced. From its date on it can be completed; what changes a price that is in force needs a `correction`, else it is 409 `meta_rates_in_force`. The same card again changes nothing.
         */
        put: operations["putMetaRates"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meta_rates/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of Meta's rate cards
         * @description Every version that was set, and by whom: the newest date first, of one date by currency, the last revision first. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listMetaRatesVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exchange_rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List exchange rates
         * @description Every rate that was set, and by whom: the newest date first, of one date by currencies, the last revision first. With `on`: the rates in force on that date, by currencies. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listExchangeRates"];
        /**
         * Set an exchange rate
         * @description Stores what one currency is worth in another one from a date on, for costs in a currency that is not the contract's. A rate serves both ways. To change one whose date has begun takes a `correction`, else it is 409 `meta_rates_in_force`. The same rate again changes nothing.
         */
        put: operations["putExchangeRate"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the costs of a company
         * @description What Meta charges for the company's delivered messages, by the groups of `group_by` and by currency, for at most 366 days and 10000 rows. Late statuses change past days. Messages to WhatsApp groups are not counted. Companies never see it. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["getCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/margins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List margins
         * @description What companies earned and what Meta charged, by company, month or both, and by currency of the contract, for at most 366 days. Months without messages and credits are left out. A page can have fewer rows than `limit`, or none, and a `next_cursor`. Companies never see it. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listMargins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List quarantined events
         * @description Events that could not be metered, newest first, replayed ones included. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listQuarantinedEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a quarantined event
         * @description Meters the event, or returns `outcome` `kept` with the reason if it still cannot be metered. An event that was already metered is not charged again. An event of an `unknown_field` is metered once the service reads that field.
         */
        post: operations["replayQuarantinedEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay many quarantined events
         * @description Replays the events that match the body and that no replay has metered, newest first. Call again with `next_cursor` until it is null.
         */
        post: operations["replayQuarantinedEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reopenings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reopen days that a wrong clock closed
         * @description Reopens the days and months that were closed while the service's clock was ahead. Credits that expired come back, and packages of months that have not begun are taken back, as ledger entries. Companies that are not ahead stay as they are. 409 `clock_uncertain` while the clocks disagree.
         */
        post: operations["reopenDays"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List reconciliations
         * @description Newest first. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listReconciliations"];
        put?: never;
        /**
         * Compare Meta's figures with ours
         * @description The body is Meta's answer to `GET /{account_id}?fields=pricing_analytics.start(…).end(…).granularity(DAILY).dimensions(PHONE,COUNTRY,PRICING_CATEGORY,PRICING_TYPE)` as it is, or CSV of its data points. They are compared with the messages that statuses say were delivered, by number, date of the account, category, type and country. Each call makes a new reconciliation, with what is counted at its time; a repeated call with the same `Idempotency-Key` makes none. Nothing else changes.
         */
        post: operations["createReconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a reconciliation */
        get: operations["getReconciliation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations/{id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the lines of a reconciliation
         * @description In order of number, date, category, type and country. By default the differences. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listReconciliationLines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations/{id}/lines/{line}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List our messages of a line
         * @description The delivered messages that count on the line now, in order of time: statuses that came after the reconciliation may have added, moved or priced some. Facts past their retention time have none. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listReconciliationMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/credits/{company}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The report page Relatórios > Créditos */
        get: operations["getReportPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/credits/{company}/history.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The filtered history of the page as a file
         * @description The CSV of the ledger, with the filters of the page. Its form follows `locale` as that of the ledger. With `search` every form is in the order of the page: by local date.
         */
        get: operations["downloadReportHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/assets/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The style, script and icon of the page
         * @description The name of a file changes with its content, so it may be cached for ever.
         */
        get: operations["getReportAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the nodes
         * @description The nodes that share the companies of this database, and what each has, as the answering node knows it: at most a second old while it reaches the database. One process alone lists itself.
         */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description Newest first. Revoked keys are listed only with `status=revoked`. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key
         * @description To rotate a key, create a new one, deploy it, then revoke the old one. Both are valid until then. Up to 100 keys of a company may be live or younger than a day: past that 409 `too_many_keys`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description Permanent, and effective within a second on every process. Open streams and viewer sessions of the key end too.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook endpoints
         * @description Newest first. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Create a webhook endpoint
         * @description The endpoint receives an `Alert` (see webhooks) within a minute after it is raised; packages that are nearly or wholly used already are reported at once. Verify `webhook-signature` by Standard Webhooks, and respond 2xx within 15 s. Any other response is retried for three days with the same `webhook-id`; 410 stops delivery.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a webhook endpoint
         * @description It receives nothing more. 404 `endpoint_not_found` if it does not exist.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description Of one endpoint, newest first, with their attempts. They are kept for 100 days. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/deliveries/{delivery}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resend a delivery
         * @description Posts the same message under the same `webhook-id` again, whether it was delivered, abandoned or waits. If it fails it is retried like a new one. 404 `delivery_not_found`, 409 `endpoint_gone`.
         */
        post: operations["resendWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description Posts an `Alert` of type `endpoint.test`, whichever types the endpoint has. It is attempted once: list the deliveries for the outcome. 409 `endpoint_gone`.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List alerts
         * @description Newest first, with or without webhook endpoints. They are kept for 100 days. With `Accept: text/csv`: the whole filtered list as a file.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/alert_thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the alert thresholds */
        get: operations["getAlertThresholds"];
        /**
         * Set the alert thresholds
         * @description Replaces all of them. They hold from the next check on, within a minute. Of one package no threshold is sent after a higher one. `package.used_up` is always raised.
         */
        put: operations["putAlertThresholds"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{company}/viewer_sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a viewer session link
         * @description A one-time link that lets a person see the company's credits. The session ends with the key that created it.
         */
        post: operations["createViewerSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/credits/{company}/sessions/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a viewer session
         * @description Redirects to the company's page and sets the cookie of the company's session. The sessions of other companies in the same browser stay. A used or expired link is 401 `link_already_used`. A request that is no browser navigation is 403 `navigation_required`, and the link stays valid.
         */
        get: operations["openViewerSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/credits/{company}/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends the company's session and its streams in every tab, then redirects to the page. A request from another site is 403 `cross_site_request`.
         */
        post: operations["endViewerSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/test_clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move the test clock forward
         * @description Responds after every day that ended is closed. The clock then keeps running. An earlier instant is 409 `clock_backwards`.
         */
        post: operations["advanceTestClock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check liveness
         * @description 200 while the process runs, with the version of the service. Does not check the database.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check readiness
         * @description 200 when the service can serve requests; `checks` gives the state of each dependency.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Prometheus metrics */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This OpenAPI document */
        get: operations["getOpenApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API documentation */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of the documentation page */
        get: operations["getDocsFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The start page
         * @description What the service is, and how to get a link to a company's report page.
         */
        get: operations["getStartPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    alert: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Receive an alert, signed by Standard Webhooks */
        post: operations["receiveAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        Alert: {
            /** @enum {string} */
            type: "package.nearly_used";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            /** @description The figures of the month at that time. */
            data: {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
                /** @description The threshold that was reached: the highest of several. */
                threshold: {
                    /** @example 80 */
                    used_percent: number;
                } | {
                    credits_left: number;
                };
            };
        } | {
            /** @enum {string} */
            type: "package.used_up";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            /** @description The figures of the month at that time. */
            data: {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
            };
        } | {
            /** @enum {string} */
            type: "forecast.runs_out";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            /** @description The figures of the month at that time. */
            data: {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
                /**
                 * Format: date
                 * @description The date on which the package is expected to run out.
                 * @example 2026-11-23
                 */
                runs_out_on: string;
                /** @description Bounds of the estimate: first for fast use, then for slow use. Null: not this month. */
                runs_out_between: [
                    string | null,
                    string | null
                ];
                /** @description Days from the current local date to `runs_out_on`. */
                days_left: number;
            };
        } | {
            /** @enum {string} */
            type: "usage.spike";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            data: {
                company: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                date: string;
                consumed: number;
                /** @description Mean of the closed days before, in whole credits. */
                usual: number;
                /** @description Use divided by the usual; null if nothing is usual. */
                times: number | null;
                /** @description The feature that grew most. */
                reason: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    consumed: number;
                    usual: number;
                } | null;
            };
        } | {
            /** @enum {string} */
            type: "commitment.ending";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            data: {
                company: string;
                /**
                 * Format: date
                 * @description The last date of the minimum commitment.
                 * @example 2026-11-23
                 */
                ends_on: string;
                days_left: number;
                /**
                 * Format: date
                 * @description The last date of the package, if its cancellation is scheduled.
                 * @example 2026-11-23
                 */
                cancels_on: string | null;
            };
        } | {
            /** @enum {string} */
            type: "quarantine.not_empty";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            data: {
                /** @description Null: events that belong to no company. */
                company: string | null;
                /**
                 * Format: date
                 * @description The UTC date on which events arrived.
                 * @example 2026-11-23
                 */
                date: string;
                /** @description All waiting events by reason, of earlier dates too; the newest 10,000 if there are more. */
                waiting: {
                    /** @enum {string} */
                    reason: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
                    events: number;
                }[];
            };
        } | {
            /** @enum {string} */
            type: "day.closed";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            data: {
                company: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                date: string;
                consumed: number;
                /** @description The totals of the date when it was closed. */
                totals: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    units: number;
                    credits: number;
                }[];
            };
        } | {
            /** @enum {string} */
            type: "month.closed";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            /** @description The figures of the month at that time. */
            data: {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
            };
        } | {
            /** @enum {string} */
            type: "endpoint.test";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            timestamp: string;
            data: {
                /** @description The id of the endpoint. */
                endpoint: string;
            };
        };
        Problem: {
            /** @example urn:poli-credits:problem:window_closed */
            type: string;
            /** @example Conflict */
            title: string;
            /** @example 409 */
            status: number;
            /**
             * @description Stable; for programs.
             * @example window_closed
             */
            code: string;
            /** @description What is wrong, then what to do. */
            detail: string;
            /** @description The id of the request, as in the header X-Request-Id and in the log. */
            request_id: string;
            /**
             * @description The invalid fields.
             * @example [
             *       {
             *         "path": "package.credits",
             *         "message": "package.credits must be at least 1"
             *       }
             *     ]
             */
            errors?: {
                path: string;
                message: string;
            }[];
        };
        PutCompany: components["schemas"]["Company"] & {
            /** @description Empty lists if this call changed neither time zone nor policy. */
            changes: {
                /**
                 * @description The time zones and policies that this call scheduled.
                 * @example [
                 *       {
                 *         "effective_from": "2026-11-24",
                 *         "time_zone": "America/Manaus",
                 *         "template_in_open_window": "charge"
                 *       }
                 *     ]
                 */
                scheduled: {
                    /**
                     * Format: date
                     * @example 2026-11-23
                     */
                    effective_from: string;
                    time_zone: string;
                    /**
                     * @description Whether a template is charged while the contact's inbound window is open.
                     * @enum {string}
                     */
                    template_in_open_window: "charge" | "free";
                }[];
                /**
                 * @description The scheduled ones that this call took back: they never begin.
                 * @example []
                 */
                withdrawn: {
                    /**
                     * Format: date
                     * @example 2026-11-23
                     */
                    effective_from: string;
                    time_zone: string;
                    /**
                     * @description Whether a template is charged while the contact's inbound window is open.
                     * @enum {string}
                     */
                    template_in_open_window: "charge" | "free";
                }[];
            };
        };
        Company: {
            company: string;
            name: string;
            time_zone: string;
            locale: string;
            /**
             * @description The country of phones without a country code, ISO 3166-1 alpha-2; null: such phones are 422.
             * @example BR
             */
            country: string | null;
            phone_number_ids: string[];
            /**
             * @description Whether a template is charged while the contact's inbound window is open.
             * @enum {string}
             */
            template_in_open_window: "charge" | "free";
            /** @description The next time zone and policy, null if no change is scheduled. */
            scheduled: {
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                effective_from: string;
                time_zone: string;
                /**
                 * @description Whether a template is charged while the contact's inbound window is open.
                 * @enum {string}
                 */
                template_in_open_window: "charge" | "free";
            } | null;
        };
        Profile: {
            name: string;
            /**
             * @description An IANA time zone, or a fixed offset from UTC from `-12:00` to `+14:00`.
             * @example America/Sao_Paulo
             */
            time_zone: string;
            /** @example pt-BR */
            locale?: string | null;
            /**
             * @description The country of phones without a country code, ISO 3166-1 alpha-2. A company without one answers 422 to such phones. Omitted or null, it keeps its value: it can be replaced, not removed.
             * @example BR
             */
            country?: string | null;
            /** @description All phone number ids of the company. Numbers missing from the list are released; an empty list releases all. */
            phone_number_ids?: string[] | null;
            /**
             * Format: date-time
             * @description When the company's events of all numbers in `phone_number_ids` begin, at most 5 minutes from now. Default: a number that no company had before is the company's since the beginning; one that another company had is its own from now on. Claims begin with a second: fractions are dropped. For a number that the company has already, an earlier instant moves the start back, and a later one changes nothing.
             * @example 2026-11-23T13:00:00Z
             */
            phone_numbers_from?: string | null;
            /**
             * @description Whether a template is charged while the contact's inbound window is open.
             * @enum {string|null}
             */
            template_in_open_window?: "charge" | "free" | null;
            /**
             * Format: date
             * @description The local date from which a new time zone or policy applies. Default: the next local date.
             * @example 2026-11-23
             */
            effective_from?: string | null;
        };
        ListedCompany: {
            company: string;
            name: string;
            time_zone: string;
            locale: string;
            /**
             * @description The country of phones without a country code, ISO 3166-1 alpha-2; null: such phones are 422.
             * @example BR
             */
            country: string | null;
            phone_number_ids: string[];
            /**
             * @description Whether a template is charged while the contact's inbound window is open.
             * @enum {string}
             */
            template_in_open_window: "charge" | "free";
            /**
             * @description The state of the package today: `ending` if its cancellation is scheduled, `scheduled` before it starts, `none` without a package.
             * @enum {string}
             */
            status: "active" | "ending" | "scheduled" | "none";
            /**
             * Format: date
             * @description Only with `runs_out_before`.
             * @example 2026-11-23
             */
            runs_out_on?: string;
            balance?: components["schemas"]["Balance"];
        };
        /** @description Only with `include=balance`. */
        Balance: {
            company: string;
            /** @description Rises with each change of the company. */
            version: number;
            /**
             * Format: date-time
             * @description When the balance was computed.
             * @example 2026-11-23T13:00:00Z
             */
            as_of: string;
            time_zone: string;
            /**
             * @description The current month in the company's time zone.
             * @example 2026-11
             */
            period: string;
            /** @description Package credits granted this month. */
            granted: number;
            /** @description Credits used this month. */
            consumed: number;
            /** @description Granted credits that are left, at least 0. */
            available: number;
            /** @description Consumed credits beyond the package. */
            excess: number;
            /** @description Credits used on the current local date. */
            consumed_today: number;
            /**
             * @description Price of the excess so far. Null if no price is set.
             * @example 0.15
             */
            excess_amount: string | null;
            /**
             * @description Price of the package and the excess so far, as on the month's statement.
             * @example 0.15
             */
            total: string | null;
            currency: string | null;
            /**
             * Format: date
             * @description When the next package is granted, null if none is.
             * @example 2026-11-23
             */
            renews_on: string | null;
            /**
             * Format: date
             * @description The last date of the contract's commitment, null without a package.
             * @example 2026-11-23
             */
            commitment_ends_on: string | null;
            /**
             * Format: date
             * @description The last closed date: the day before today.
             * @example 2026-11-23
             */
            closed_through: string;
            /** @description Number of open windows by direction. */
            open_windows: {
                inbound: number;
                outbound: number;
                /**
                 * Format: date-time
                 * @description The end of the current local date.
                 * @example 2026-11-23T13:00:00Z
                 */
                closes_at: string;
            };
        };
        PhoneNumber: {
            phone_number_id: string;
            /** @description The company that has the number, null if none has. */
            company: string | null;
            /**
             * @description What people call the number, null without a name or an owner.
             * @example +55 11 3000-0001
             */
            name: string | null;
            meta_account: components["schemas"]["MetaAccount"];
            /** @description Every claim of the number, newest first. */
            claims: components["schemas"]["PhoneNumberClaim"][];
        };
        /** @description The Meta account that the number belongs to; null if none was set or no company has the number. */
        MetaAccount: {
            account_id: string;
            portfolio_id: string;
            time_zone: string;
            currency: string;
            /**
             * Format: date-time
             * @description Messages that were delivered from then on belong to the account.
             * @example 2026-11-23T13:00:00Z
             */
            from: string;
        } | null;
        PhoneNumberClaim: {
            company: string;
            /**
             * Format: date-time
             * @description When the company's events of the number begin. Null: since the beginning.
             * @example 2026-11-23T13:00:00Z
             */
            from: string | null;
            /**
             * Format: date-time
             * @description When they end. Null: the company has the number.
             * @example 2026-11-23T13:00:00Z
             */
            until: string | null;
            /**
             * Format: date-time
             * @description When the company claimed the number.
             * @example 2026-11-23T13:00:00Z
             */
            claimed_at: string;
        };
        PhoneNumberName: {
            /**
             * @description What people call the number, such as its phone. The report page shows it instead of Meta's id. Null: no name.
             * @example +55 11 3000-0001
             */
            name: string | null;
        };
        MetaAccountRequest: {
            /**
             * @description Meta's id of the WhatsApp Business Account.
             * @example 102290129340398
             */
            account_id: string;
            /** @description Meta's id of the business portfolio: its accounts share the volume tiers. Default: the account is alone. */
            portfolio_id?: string | null;
            /**
             * @description An IANA time zone, or a fixed offset from UTC from `-12:00` to `+14:00`.
             * @example America/Sao_Paulo
             */
            time_zone: string;
            /** @example BRL */
            currency: string;
        };
        Contract: {
            package: {
                credits: number;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                price: string | null;
            } | null;
            /**
             * @description A decimal string.
             * @example 0.15
             */
            excess_credit_price: string | null;
            currency: string;
            /**
             * Format: date
             * @example 2026-11-23
             */
            starts_on: string;
            /** @enum {string} */
            first_month: "full" | "prorated";
            /**
             * Format: date
             * @description The last date of the commitment, null without a package.
             * @example 2026-11-23
             */
            commitment_ends_on: string | null;
            /** @description The next scheduled terms, null if none. */
            scheduled: {
                package: {
                    credits: number;
                    /**
                     * @description A decimal string.
                     * @example 0.15
                     */
                    price: string | null;
                } | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                excess_credit_price: string | null;
                currency: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                effective_from: string;
                /**
                 * @description `taken_back`: the version only withdraws scheduled ones.
                 * @enum {string}
                 */
                reason: "agreed" | "cancelled" | "taken_back";
            } | null;
            /**
             * Format: date
             * @description The last date of the package, null unless it is cancelled.
             * @example 2026-11-23
             */
            cancels_on: string | null;
            /** @description All versions, oldest first. A version never changes. */
            versions: {
                version: number;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                effective_from: string;
                /**
                 * @description `taken_back`: the version only withdraws scheduled ones.
                 * @enum {string}
                 */
                reason: "agreed" | "cancelled" | "taken_back";
                /** @description The scheduled versions that this version withdraws. */
                withdraws: number[];
                package: {
                    credits: number;
                    /**
                     * @description A decimal string.
                     * @example 0.15
                     */
                    price: string | null;
                } | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                excess_credit_price: string | null;
                currency: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:00:00Z
                 */
                recorded_at: string;
                /** @description The key that made the change: `admin-key` or `key:ID`. */
                recorded_by: string;
            }[];
        };
        ChangedContract: components["schemas"]["Contract"] & {
            /** @description Empty lists if the call changed nothing. The terms are in `versions`. */
            changes: {
                /**
                 * @description The versions that this call made and that are in force.
                 * @example []
                 */
                applied: {
                    version: number;
                    /**
                     * Format: date
                     * @example 2026-11-23
                     */
                    effective_from: string;
                    /**
                     * @description `taken_back`: the version only withdraws scheduled ones.
                     * @enum {string}
                     */
                    reason: "agreed" | "cancelled" | "taken_back";
                }[];
                /**
                 * @description The versions that this call made and that begin later.
                 * @example [
                 *       {
                 *         "version": 3,
                 *         "effective_from": "2027-03-01",
                 *         "reason": "agreed"
                 *       }
                 *     ]
                 */
                scheduled: {
                    version: number;
                    /**
                     * Format: date
                     * @example 2026-11-23
                     */
                    effective_from: string;
                    /**
                     * @description `taken_back`: the version only withdraws scheduled ones.
                     * @enum {string}
                     */
                    reason: "agreed" | "cancelled" | "taken_back";
                }[];
                /**
                 * @description The scheduled versions that this call took back: they never begin.
                 * @example [
                 *       {
                 *         "version": 2,
                 *         "effective_from": "2027-02-01",
                 *         "reason": "cancelled"
                 *       }
                 *     ]
                 */
                withdrawn: {
                    version: number;
                    /**
                     * Format: date
                     * @example 2026-11-23
                     */
                    effective_from: string;
                    /**
                     * @description `taken_back`: the version only withdraws scheduled ones.
                     * @enum {string}
                     */
                    reason: "agreed" | "cancelled" | "taken_back";
                }[];
            };
        };
        Offer: {
            /** @description Prepaid credits a month and their price. Null for a post-paid company. */
            package: {
                credits: number;
                /**
                 * @default null
                 * @example 0.15
                 */
                price?: string | null;
            } | null;
            /**
             * @description Price of one credit beyond the package, and of every credit without a package. Use is never refused.
             * @example 0.15
             */
            excess_credit_price: string;
            /**
             * @default BRL
             * @example BRL
             */
            currency?: string | null;
            /**
             * Format: date
             * @description Start date of a first package, a resumed package or a scheduled upgrade. Default: the contract's current start date, or today if it has none. Ignored for a package that already runs.
             * @example 2026-11-23
             */
            starts_on?: string | null;
            /**
             * @description Credits of the first month of a new package. Default: unchanged, initially `full`.
             * @enum {string|null}
             */
            first_month?: "full" | "prorated" | null;
        };
        Balances: {
            /** @description A row for each company, in the order of the query. A repeated one has one row. */
            data: {
                company: string;
                balance: components["schemas"]["Balance"] | null;
            }[];
            /** @description The companies that do not exist, or that the key cannot access. Their `balance` is null. */
            missing: string[];
        };
        ContactWindow: {
            /**
             * @description The phone in canonical digits, or the BSUID; masked unless the key or session has `sees_contacts`.
             * @example +55 11 •••••-7777
             */
            contact: string;
            free_form_allowed: boolean;
            /** @description The open windows of the current local date. */
            windows: components["schemas"]["Window"][];
            /**
             * Format: date-time
             * @description The end of Meta's 24-hour customer service window. For information only; null if unknown.
             * @example 2026-11-23T13:00:00Z
             */
            meta_service_window_ends_at: string | null;
        };
        Window: {
            /** @enum {string} */
            direction: "inbound" | "outbound";
            /**
             * Format: date
             * @example 2026-11-23
             */
            local_date: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            opened_at: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            closes_at: string;
            credits: number;
        };
        ErasureResult: {
            /**
             * @description The contact of the request; masked unless the key or session has `sees_contacts`.
             * @example +55 11 •••••-7777
             */
            contact: string;
            /** @description Number of contacts of the company that were readable until now: 0 when nobody was found. */
            contacts_erased: number;
            /**
             * @description Why nobody was erased, null when somebody was. `contact_unknown`: the company never had this contact; check the number. Its quarantined events are erased all the same. `identifiers_already_deleted`: an erasure or the retention period deleted them before.
             * @enum {string|null}
             */
            reason: "contact_unknown" | "identifiers_already_deleted" | null;
            /** @description Number of phones and BSUIDs deleted. */
            names_erased: number;
            /** @description Number of quarantined events of the person that were erased. */
            events_erased: number;
        };
        LabelErasure: {
            /** @description Number of different sets of labels that contained the text. */
            label_sets_erased: number;
        };
        LabelErasureRequest: {
            /**
             * @description A part of the labels to erase, in upper or lower case, such as the name of a person.
             * @example Ana Souza
             */
            text: string;
        };
        SendAllowed: {
            /** @enum {string} */
            outcome: "allowed";
            /** @description The window of the message. Null for a template that has already failed. */
            window: components["schemas"]["Window"] | null;
            /** @description Credits charged: 0 if the window was already open. */
            credits: number;
            balance: components["schemas"]["Balance"];
        };
        Send: {
            /** @description Meta's wamid, or your own id that you also send to Meta as `biz_opaque_callback_data`. Your own id links the record to statuses of the same contact only. Repeating an id returns the same response for as long as facts are stored, which is at least 35 days. */
            message_id: string;
            /**
             * @description A phone or a BSUID. A phone is international, with `+` or `00` or ten digits at least, or a national number of the company's `country`. Digits that are a number in both ways are national if they are written so, as in `(51) 98888-7777`; bare, as in `51988887777`, they are 422: write `+`. Spaces, dashes, dots, slashes, parentheses and marks of direction separate digits.
             * @example 5511988887777
             */
            to: string;
            /** @enum {string} */
            kind: "template" | "free_form";
            /**
             * @description The category of a template. Ignored for `free_form`.
             * @enum {string|null}
             */
            category?: "marketing" | "utility" | "authentication" | null;
            /**
             * Format: date-time
             * @description Default: now.
             * @example 2026-11-23T13:00:00Z
             */
            sent_at?: string | null;
            /**
             * @description E-mail addresses, phones, BSUIDs, CPFs and wamids are masked before labels are stored. Use your own ids, no names.
             * @example {
             *       "department": "sales"
             *     }
             */
            attribution?: {
                [key: string]: string | number | boolean;
            } | null;
        };
        SendFailureRecorded: {
            /**
             * @description `delivered`: Meta has reported the message as delivered, read or played, so it stays charged.
             * @example failed
             * @enum {string}
             */
            outcome: "failed" | "delivered";
            /**
             * @description Credits given back by this call: 0 if the message opened no window, or if its failure was already reported. Less than its window cost if another message opens a window in its place.
             * @example 1
             */
            credits: number;
            balance: components["schemas"]["Balance"];
        };
        SendFailure: {
            /**
             * Format: date-time
             * @description Default: now.
             * @example 2026-11-23T13:00:00Z
             */
            failed_at?: string | null;
            /**
             * @description Meta's error code. Stored with the report for investigations; it has no effect on the charge.
             * @example 132000
             */
            error_code?: number | string | null;
        };
        Quote: {
            recipients: number;
            /** @description Contacts whose open window makes the template free. */
            already_open: number;
            /** @description Windows the template would open. */
            windows: number;
            credits: number;
            /** @description Credits covered by the package. */
            prepaid: number;
            excess: number;
            /**
             * @description Price of the excess, null if no price is set.
             * @example 0.15
             */
            excess_amount: string | null;
        };
        QuoteRequest: {
            recipients: string[];
            /**
             * @description Default: `template`. A `free_form` message costs the price of `whatsapp.service_message`, without a category.
             * @enum {string|null}
             */
            kind?: "template" | "free_form" | null;
            /** @enum {string|null} */
            category?: "marketing" | "utility" | "authentication" | null;
        };
        UsageCounted: {
            /** @description Usages counted by this call. */
            accepted: number;
            /** @description Usages whose id was already counted. */
            duplicates: number;
            /** @description Credits charged for the accepted usages. */
            credits: number;
            balance: components["schemas"]["Balance"];
        };
        Usage: {
            /** @description Your id of the usage. The same id counts once for as long as facts are stored, which is at least 35 days. An id with an e-mail address, a phone, a BSUID, a CPF or a wamid is stored and shown masked, with a hash that keeps it unique. */
            id: string;
            /**
             * @description The feature's code.
             * @example automation.run
             */
            feature: string;
            quantity: number;
            /**
             * Format: date-time
             * @description Default: now.
             * @example 2026-11-23T13:00:00Z
             */
            occurred_at?: string | null;
            /**
             * @description E-mail addresses, phones, BSUIDs, CPFs and wamids are masked before labels are stored. Use your own ids, no names.
             * @example {
             *       "department": "sales"
             *     }
             */
            attributes?: {
                [key: string]: string | number | boolean;
            } | null;
        };
        CloudEvent: {
            /** @enum {string} */
            specversion: "1.0";
            /**
             * @description With `source` the id of the usage: the same two count once.
             * @example 8e03978e
             */
            id: string;
            /** @example /automation/flows */
            source: string;
            /**
             * @description The feature's code.
             * @example automation.run
             */
            type: string;
            /**
             * @description The company of the path, if it is there.
             * @example acme
             */
            subject?: string | null;
            /**
             * Format: date-time
             * @description When the usage occurred. Default: now.
             * @example 2026-11-23T13:00:00Z
             */
            time?: string | null;
            datacontenttype?: string | null;
            /** @description Ignored. */
            dataschema?: string | null;
            data?: {
                /** @description Default: 1. */
                quantity?: number | null;
                /**
                 * @description E-mail addresses, phones, BSUIDs, CPFs and wamids are masked before labels are stored. Use your own ids, no names.
                 * @example {
                 *       "department": "sales"
                 *     }
                 */
                attributes?: {
                    [key: string]: string | number | boolean;
                } | null;
            } | null;
        } & {
            [key: string]: unknown;
        };
        LedgerEntry: {
            /** @description Position in the company's ledger: 1, 2, 3 … without gaps. */
            seq: number;
            /** @enum {string} */
            type: "grant" | "consumption" | "reversal" | "expiry" | "adjustment";
            /** @example 2026-11 */
            period: string;
            /**
             * Format: date
             * @example 2026-11-23
             */
            local_date: string;
            feature: string | null;
            /**
             * @description `none` for entries that no window caused.
             * @enum {string}
             */
            direction: "inbound" | "outbound" | "none";
            /** @description Signed: grants and reversals are positive. */
            credits: number;
            /** @description The part of `credits` that the package covers. */
            prepaid: number;
            /** @description The part of `credits` beyond the package. */
            excess: number;
            /** @description Available credits of the month after the entry. */
            available_after: number;
            /** @description Excess of the month after the entry. */
            excess_after: number;
            /** @description Whether it was recorded after its date was closed. */
            late: boolean;
            /** @description Whether it was recorded after its month was closed: the statement's `late_entries` has it. */
            after_close: boolean;
            /**
             * Format: date-time
             * @description When the fact happened.
             * @example 2026-11-23T13:00:00Z
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description When the service recorded it.
             * @example 2026-11-23T13:00:00Z
             */
            recorded_at: string;
            /** @description The charged window, null for other entries. */
            window: {
                /**
                 * @description The phone or BSUID, masked unless the key or session has `sees_contacts`. Null after the person was erased or their last fact exceeded the retention period.
                 * @example +55 11 •••••-7777
                 */
                contact: string | null;
                /** @enum {string} */
                direction: "inbound" | "outbound" | "none";
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                local_date: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:00:00Z
                 */
                opened_at: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:00:00Z
                 */
                closes_at: string;
            } | null;
        };
        Receipt: components["schemas"]["LedgerEntry"] & {
            /** @description The reason for the entry, in one sentence. */
            sentence: string;
            /** @description The fact that caused the entry. */
            fact: {
                kind: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:00:00Z
                 */
                at: string;
                usage_id?: string;
                quantity?: number;
                attribution: {
                    [key: string]: string;
                } | null;
            } | null;
            /** @description The message that opened the window, or the reply that was charged. */
            message: {
                /** @description The company's keyed hash of the message id: it contains no phone number. */
                key: string | null;
                phone_number_id: string | null;
                /**
                 * Format: date-time
                 * @description When a charged reply was delivered; null for a message that opened a window.
                 * @example 2026-11-23T13:00:00Z
                 */
                delivered_at: string | null;
            } | null;
            /** @description The price of one unit; `own` if it is the company's own price. */
            rate: {
                feature: string;
                version: number;
                own: boolean;
                credits: number;
            } | null;
            /**
             * @description The price of the entry's excess: positive if it is owed, negative if it was given back. At the price at the end of the month, as on the statement, and not rounded. Null without excess or without a price. Credits of the package have no amount: the price of the package covers them.
             * @example 0.15
             */
            excess_amount: string | null;
            /**
             * @description The price of one credit of `excess_amount`; null without it.
             * @example 0.15
             */
            excess_credit_price: string | null;
            /** @description The currency of `excess_amount`; null without it. */
            currency: string | null;
            /** @description The contract version in force when the entry was posted. */
            contract: {
                version: number;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                effective_from: string;
                package: {
                    credits: number;
                    /**
                     * @description A decimal string.
                     * @example 0.15
                     */
                    price: string | null;
                } | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                excess_credit_price: string | null;
                currency: string;
            } | null;
        };
        Statement: {
            /** @example 2026-11 */
            period: string;
            /**
             * @description Late facts can change a `closed` month. A `final` month never changes.
             * @enum {string}
             */
            status: "open" | "closed" | "final";
            /** @description Always 0: unused credits expire at the end of their month. */
            opening: number;
            /** @description Package credits of the month. */
            granted: number;
            /** @description Credits used, within and beyond the package. */
            consumed: number;
            /** @description Consumed credits covered by the package. */
            prepaid_used: number;
            /** @description Package credits that expired unused. */
            expired: number;
            /** @description Consumed credits beyond the package. */
            excess: number;
            /**
             * @description Price of the package in force at the end of the month, in whole centavos: a line of the total.
             * @example 0.15
             */
            package_price: string | null;
            /**
             * @description A decimal string.
             * @example 0.15
             */
            excess_credit_price: string | null;
            /**
             * @description Price of the excess.
             * @example 0.15
             */
            excess_amount: string | null;
            /**
             * @description Price of the package and the excess.
             * @example 0.15
             */
            total: string | null;
            currency: string | null;
            /** @description Figures at the closing of the month. Null while the month is open. */
            at_close: {
                /** @description Package credits of the month. */
                granted: number;
                /** @description Credits used, within and beyond the package. */
                consumed: number;
                /** @description Consumed credits covered by the package. */
                prepaid_used: number;
                /** @description Package credits that expired unused. */
                expired: number;
                /** @description Consumed credits beyond the package. */
                excess: number;
                /**
                 * @description Price of the excess.
                 * @example 0.15
                 */
                excess_amount: string | null;
                /**
                 * @description Price of the package and the excess.
                 * @example 0.15
                 */
                total: string | null;
            } | null;
            /** @description Change of each figure since the closing; negative if it fell. The ledger lists its entries with `after_close=true`. */
            late_entries: {
                /** @description Package credits of the month. */
                granted: number;
                /** @description Credits used, within and beyond the package. */
                consumed: number;
                /** @description Consumed credits covered by the package. */
                prepaid_used: number;
                /** @description Package credits that expired unused. */
                expired: number;
                /** @description Consumed credits beyond the package. */
                excess: number;
                /**
                 * @description Price of the excess.
                 * @example 0.15
                 */
                excess_amount: string | null;
                /**
                 * @description Price of the package and the excess.
                 * @example 0.15
                 */
                total: string | null;
            } | null;
        };
        Forecast: {
            /**
             * Format: date
             * @description Date on which the package ran out, by the ledger's balance, or is expected to. A package that begins or grows later this month covers earlier use first, and runs out on that date at the earliest. Null if the package lasts the month, or there is none.
             * @example 2026-11-23
             */
            runs_out_on: string | null;
            /** @description Bounds of the estimate: first for fast use, then for slow use. */
            runs_out_between: [
                string | null,
                string | null
            ];
            /** @description Expected credits beyond the package at the end of the month. */
            expected_excess: number;
            /**
             * @description Null if no price is set.
             * @example 0.15
             */
            expected_excess_amount: string | null;
            /**
             * @description Expected price of the package and the excess. Null if a price it needs is not set.
             * @example 0.15
             */
            expected_total: string | null;
            /** @description Expected package credits left at the end of the month, which then expire. */
            expected_left: number;
            /** @description Bounds of the estimate: first for fast use, then for slow use. */
            left_between: [
                number,
                number
            ];
            /** @description Today's use so far, compared with the closed days. */
            today: {
                consumed: number;
                /** @description Mean of the closed days, in whole credits. */
                usual: number;
                /** @description Today's use divided by the usual day's. Null when the closed days have no use. */
                times: number | null;
                /** @description Whether today's use is at least 3 times the usual, and at least 20 credits above it. */
                is_unusual: boolean;
                /** @description The feature that grew most, when today is unusual. */
                reason: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    consumed: number;
                    usual: number;
                } | null;
            };
            /** @description Use of the month before up to the same day. Null if that month has none. */
            last_month: {
                /** @example 2026-11 */
                period: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                through: string;
                consumed: number;
            } | null;
            /** @description Number of closed days the forecast uses. */
            closed_days: number;
            /** @description The estimation method. */
            method: string;
        } | {
            /** @enum {boolean} */
            insufficient_data: true;
            /** @description Closed days until a forecast is possible. */
            closed_days_missing: number;
            /** @description The data a forecast needs, in words. */
            needs: string;
        };
        WhatIf: {
            /** @example 2026-11 */
            period: string;
            /**
             * @description Late facts can change a `closed` month. A `final` month never changes.
             * @enum {string}
             */
            status: "open" | "closed" | "final";
            /** @description The company's version that was read: that of its balance. */
            version: number;
            real: components["schemas"]["Bill"];
            what_if: components["schemas"]["Bill"];
            /** @description `what_if` minus `real`. An amount is null if one of the two is, or the currencies differ. */
            difference: {
                /** @description Package credits of the month. */
                granted: number;
                /** @description Credits used, within and beyond the package. */
                consumed: number;
                /** @description Consumed credits covered by the package. */
                prepaid_used: number;
                /** @description Package credits that expired unused. */
                expired: number;
                /** @description Consumed credits beyond the package. */
                excess: number;
                /**
                 * @description Price of the excess.
                 * @example 0.15
                 */
                excess_amount: string | null;
                /**
                 * @description Price of the package and the excess.
                 * @example 0.15
                 */
                total: string | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                meta_cost: string | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                revenue: string | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                margin: string | null;
            };
            /**
             * @description What `real` has beyond the charges of the stored facts under the real terms, by date. Empty unless rows are missing or were changed by hand; `difference` includes it with the opposite sign.
             * @example []
             */
            remainder: {
                feature: string;
                /** @enum {string} */
                direction: "inbound" | "outbound" | "none";
                units: number;
                credits: number;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                local_date: string;
            }[];
            /** @description Contacts with facts in the month. */
            contacts: number;
        };
        Bill: {
            /** @description Package credits of the month. */
            granted: number;
            /** @description Credits used, within and beyond the package. */
            consumed: number;
            /** @description Consumed credits covered by the package. */
            prepaid_used: number;
            /** @description Package credits that expired unused. */
            expired: number;
            /** @description Consumed credits beyond the package. */
            excess: number;
            /**
             * @description A decimal string.
             * @example 0.15
             */
            package_price: string | null;
            /**
             * @description A decimal string.
             * @example 0.15
             */
            excess_credit_price: string | null;
            /**
             * @description Price of the excess.
             * @example 0.15
             */
            excess_amount: string | null;
            /**
             * @description Price of the package and the excess.
             * @example 0.15
             */
            total: string | null;
            currency: string | null;
            /** @description Use of the month by feature. */
            usage: {
                feature: string;
                /** @enum {string} */
                direction: "inbound" | "outbound" | "none";
                units: number;
                credits: number;
            }[];
            margin: components["schemas"]["MonthMargin"];
        };
        MonthMargin: {
            /**
             * @description The currency of the contract at the end of the month. Null without a contract.
             * @example BRL
             */
            currency: string | null;
            /** @description Delivered messages: the free and the billable ones. */
            messages: number;
            /** @description Messages that Meta charges. */
            billable_messages: number;
            /** @description Messages that cost nothing: free by their type, or among the free service messages of the number. */
            free_messages: number;
            /** @description Billable messages whose price is missing: Meta's rates or the number's account are not set, or the category or the recipient's country is not known. */
            unpriced_messages: number;
            /**
             * @description What Meta charges, exchanged at the rates of the dates of delivery.
             * @example 0.15
             */
            meta_cost: string | null;
            /** @description Credits used, of every feature. */
            credits: number;
            /**
             * @description The price of the package in the share that was used, and the price of the excess.
             * @example 0.15
             */
            revenue: string | null;
            /**
             * @description `revenue` minus `meta_cost`.
             * @example 0.15
             */
            margin: string | null;
            /**
             * @description The price of the credits of the package that were not used by `to`. With `revenue` a whole month has the total of its statement.
             * @example 0.15
             */
            unused_package: string | null;
            /** @description Why an amount is null. `contract_price`: set the contract with its prices. `exchange_rate`: set the rate from the account's currency to the contract's. `meta_price`: set Meta's rates and the Meta accounts of the numbers, unless the category or the country of the messages is not known; `unpriced_messages` counts the messages, and the costs of the company by `category`, `market` and `phone_number_id` show them. */
            missing: ("contract_price" | "exchange_rate" | "meta_price")[];
        };
        WhatIfRequest: {
            /** @example 2026-11 */
            month: string;
            /** @description The only contract of the month, from its start on. Default: the real one. */
            contract?: {
                /** @description Prepaid credits a month and their price. Null for a post-paid company. */
                package: {
                    credits: number;
                    /**
                     * @default null
                     * @example 0.15
                     */
                    price?: string | null;
                } | null;
                /**
                 * @description Price of one credit beyond the package, and of every credit without a package. Use is never refused.
                 * @example 0.15
                 */
                excess_credit_price: string;
                /**
                 * @default BRL
                 * @example BRL
                 */
                currency?: string | null;
                /**
                 * Format: date
                 * @description The contract's start, at the latest in the month. Default: the first of the month.
                 * @example 2026-11-23
                 */
                starts_on?: string | null;
                /**
                 * @description Credits of the first month of a new package. Default: unchanged, initially `full`.
                 * @enum {string|null}
                 */
                first_month?: "full" | "prorated" | null;
            } | null;
            /** @description The company's own prices of these features, on every date of the month. Other features keep their real prices. */
            rates?: {
                /**
                 * @description The feature's code.
                 * @example automation.run
                 */
                feature: string;
                credits: number;
            }[] | null;
            /**
             * @description The policy on every date of the month. Default: the real one of each date.
             * @enum {string|null}
             */
            template_in_open_window?: "charge" | "free" | null;
            /** @description What Meta charges in one currency, on every date of the month. Default: the real rate cards. Those of other currencies stay. */
            meta_rates?: {
                /** @example BRL */
                currency: string;
                /** @description Number of delivered service messages that are free each month for each business number. Default: as Meta announced, 1000 from 2026-10-01 on. */
                free_service_messages?: number | null;
                rates: components["schemas"]["MetaRate"][];
            } | null;
        };
        MetaRate: {
            /**
             * @description The market, as Meta's rate cards name it.
             * @example Brazil
             */
            market: string;
            /**
             * @description The price of one delivered message. Null or absent: there is none.
             * @example 0.15
             */
            marketing?: string | null;
            /**
             * @description The price of one delivered message. Null or absent: there is none.
             * @example 0.15
             */
            utility?: string | null;
            /**
             * @description The price of one delivered message. Null or absent: there is none.
             * @example 0.15
             */
            authentication?: string | null;
            /**
             * @description The price of one delivered message. Null or absent: there is none.
             * @example 0.15
             */
            authentication_international?: string | null;
            /**
             * @description The price of one delivered message. Null or absent: there is none.
             * @example 0.15
             */
            service?: string | null;
            /** @description The lower prices of later messages of a month. Default: none. */
            tiers?: {
                utility?: components["schemas"]["MetaPriceTier"][] | null;
                authentication?: components["schemas"]["MetaPriceTier"][] | null;
                authentication_international?: components["schemas"]["MetaPriceTier"][] | null;
            } | null;
        };
        MetaPriceTier: {
            /**
             * @description The first message of the month at this price, counted from 1: Meta's `From`.
             * @example 250001
             */
            from: number;
            /** @example 0.15 */
            price: string;
        };
        Feature: {
            code: string;
            name: {
                "pt-BR": string;
                en: string;
            };
            /** @description Price of one unit today, null if none applies yet. */
            credits: number | null;
            /**
             * Format: date
             * @description The first local date of the price. Null if it applies to every date, or from `effective_at` on.
             * @example 2026-11-23
             */
            effective_from: string | null;
            /**
             * Format: date-time
             * @description Start of a first price that was set after use had already been charged; null otherwise. It is later than all use recorded before, so up to 5 minutes after the price was set if a sender's clock runs ahead.
             * @example 2026-11-23T13:00:00Z
             */
            effective_at: string | null;
            /** @description Whether the company has its own price instead of the rate card's. */
            own: boolean;
            /** @description The next scheduled price, null if none. */
            scheduled: {
                credits: number;
                /**
                 * Format: date
                 * @description The first local date of the price. Null if it applies to every date, or from `effective_at` on.
                 * @example 2026-11-23
                 */
                effective_from: string | null;
            } | null;
            /** @description All prices that were set, oldest first. */
            versions: {
                version: number;
                credits: number;
                /**
                 * Format: date
                 * @description The first local date of the price. Null if it applies to every date, or from `effective_at` on.
                 * @example 2026-11-23
                 */
                effective_from: string | null;
                /**
                 * Format: date-time
                 * @description Start of a first price that was set after use had already been charged; null otherwise. It is later than all use recorded before, so up to 5 minutes after the price was set if a sender's clock runs ahead.
                 * @example 2026-11-23T13:00:00Z
                 */
                effective_at: string | null;
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:00:00Z
                 */
                recorded_at: string;
                recorded_by: string;
            }[];
        };
        Rate: {
            name?: {
                "pt-BR": string;
                en: string;
            } | null;
            credits: number;
            /**
             * Format: date
             * @description A future local date. Default: the next local date. A first price without a date applies immediately and is not retroactive; `effective_at` is its start.
             * @example 2026-11-23
             */
            effective_from?: string | null;
        };
        MetaRates: {
            /** @example USD */
            currency: string;
            /**
             * Format: date
             * @description The first date of the prices, in the time zone of Meta's account.
             * @example 2026-10-01
             */
            effective_from: string;
            /**
             * @description Delivered service messages that are free each month for each business number.
             * @example 1000
             */
            free_service_messages: number;
            /**
             * Format: date
             * @description The date of the question.
             * @example 2026-11-23
             */
            on: string;
            /** @description 1, 2, 3 … of one date. Each revision replaces the one before it, which stays listed. */
            revision: number;
            /** @description Why the revision changes what was in force. Null: it changes nothing that was. */
            correction: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            recorded_at: string;
            /** @description The name of the key that sent it. */
            recorded_by: string;
            /** @description Every market of that date: countries by name, then regions. One that the card lacks has no price. */
            rates: components["schemas"]["MetaRateInForce"][];
        };
        MetaRateInForce: {
            /** @example Brazil */
            market: string;
            /**
             * @description The countries of the market on that date, ISO 3166-1 alpha-2.
             * @example [
             *       "BR"
             *     ]
             */
            countries: string[];
            /**
             * @description The price of one delivered message. Null: it is missing, not zero.
             * @example 0.0068
             */
            marketing: string | null;
            /**
             * @description The price of one delivered message. Null: it is missing, not zero.
             * @example 0.0068
             */
            utility: string | null;
            /**
             * @description The price of one delivered message. Null: it is missing, not zero.
             * @example 0.0068
             */
            authentication: string | null;
            /**
             * @description The price of one delivered message. Null: it is missing, not zero.
             * @example 0.0068
             */
            authentication_international: string | null;
            /**
             * @description The price of one delivered message. Null: it is missing, not zero.
             * @example 0.0068
             */
            service: string | null;
            /** @description The prices of later messages of a month. */
            tiers: {
                utility: {
                    /**
                     * @description The first message of the month at this price, counted from 1.
                     * @example 250001
                     */
                    from: number;
                    /** @example 0.0065 */
                    price: string;
                }[];
                authentication: {
                    /**
                     * @description The first message of the month at this price, counted from 1.
                     * @example 250001
                     */
                    from: number;
                    /** @example 0.0065 */
                    price: string;
                }[];
                authentication_international: {
                    /**
                     * @description The first message of the month at this price, counted from 1.
                     * @example 250001
                     */
                    from: number;
                    /** @example 0.0065 */
                    price: string;
                }[];
            };
        };
        MetaRatesRequest: {
            /** @example BRL */
            currency: string;
            /**
             * Format: date
             * @description The first date of the prices, in the time zone of Meta's account.
             * @example 2026-10-01
             */
            effective_from: string;
            /** @description Number of delivered service messages that are free each month for each business number. Default: as Meta announced, 1000 from 2026-10-01 on. */
            free_service_messages?: number | null;
            rates: components["schemas"]["MetaRate"][];
            /**
             * @description Why prices that are in force change or disappear. Required then, since costs that were reported change too; stored with the version.
             * @example Meta corrected its file on 2 December
             */
            correction?: string | null;
        };
        MetaRatesVersion: {
            /** @example USD */
            currency: string;
            /**
             * Format: date
             * @description The first date of the prices, in the time zone of Meta's account.
             * @example 2026-10-01
             */
            effective_from: string;
            /**
             * @description Delivered service messages that are free each month for each business number.
             * @example 1000
             */
            free_service_messages: number;
            /** @description 1, 2, 3 … of one date. Each revision replaces the one before it, which stays listed. */
            revision: number;
            /** @description Why the revision changes what was in force. Null: it changes nothing that was. */
            correction: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            recorded_at: string;
            /** @description The name of the key that sent it. */
            recorded_by: string;
            /** @description Number of markets that the card names. */
            markets: number;
        };
        ExchangeRate: {
            /**
             * @description The currency of the amounts that are converted.
             * @example USD
             */
            from: string;
            /**
             * @description The currency that they are converted to.
             * @example BRL
             */
            to: string;
            /**
             * Format: date
             * @description The first date of the rate.
             * @example 2026-11-01
             */
            effective_from: string;
            /**
             * @description What one unit of `from` is worth in `to`.
             * @example 5.4321
             */
            rate: string;
            /** @description 1, 2, 3 … of one date. Each revision replaces the one before it, which stays listed. */
            revision: number;
            /** @description Why the revision changes what was in force. Null: it changes nothing that was. */
            correction: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            recorded_at: string;
            /** @description The name of the key that sent it. */
            recorded_by: string;
        };
        ExchangeRateRequest: {
            /**
             * @description The currency of the amounts that are converted.
             * @example USD
             */
            from: string;
            /**
             * @description The currency that they are converted to.
             * @example BRL
             */
            to: string;
            /**
             * Format: date
             * @description The first date of the rate. It holds until the next date of its currencies.
             * @example 2026-11-01
             */
            effective_from: string;
            /**
             * @description What one unit of `from` is worth in `to`.
             * @example 5.4321
             */
            rate: string;
            /**
             * @description Why prices that are in force change or disappear. Required then, since costs that were reported change too; stored with the version.
             * @example Meta corrected its file on 2 December
             */
            correction?: string | null;
        };
        MetaCost: {
            /**
             * Format: date
             * @example 2026-11-23
             */
            day?: string;
            /** @enum {string} */
            category?: "marketing" | "authentication_international" | "authentication" | "utility" | "service" | "unknown";
            /** @enum {string} */
            pricing_type?: "regular" | "free_customer_service" | "free_entry_point" | "free_group_customer_service" | "unknown";
            /**
             * @description Null while the country of the recipients is not known.
             * @example Brazil
             */
            market?: string | null;
            phone_number_id?: string;
            /**
             * @description The currency of Meta's account. Null while no account is set for the number.
             * @example USD
             */
            currency: string | null;
            /** @description Delivered messages: the free and the billable ones. */
            messages: number;
            /** @description Messages that Meta charges. */
            billable_messages: number;
            /** @description Messages that cost nothing: free by their type, or among the free service messages of the number. */
            free_messages: number;
            /** @description Billable messages whose price is missing: Meta's rates or the number's account are not set, or the category or the recipient's country is not known. */
            unpriced_messages: number;
            /**
             * @description What Meta charges. Null if a price is missing.
             * @example 0.15
             */
            meta_cost: string | null;
            /**
             * @description What Meta charges for the messages with a price.
             * @example 0.15
             */
            priced_cost: string;
        };
        Margin: {
            /** @example acme */
            company?: string;
            /** @example 2026-11 */
            month?: string;
            /**
             * @description The currency of the contract at the end of the month. Null without a contract.
             * @example BRL
             */
            currency: string | null;
            /** @description Delivered messages: the free and the billable ones. */
            messages: number;
            /** @description Messages that Meta charges. */
            billable_messages: number;
            /** @description Messages that cost nothing: free by their type, or among the free service messages of the number. */
            free_messages: number;
            /** @description Billable messages whose price is missing: Meta's rates or the number's account are not set, or the category or the recipient's country is not known. */
            unpriced_messages: number;
            /**
             * @description What Meta charges, exchanged at the rates of the dates of delivery.
             * @example 0.15
             */
            meta_cost: string | null;
            /** @description Credits used, of every feature. */
            credits: number;
            /**
             * @description The price of the package in the share that was used, and the price of the excess.
             * @example 0.15
             */
            revenue: string | null;
            /**
             * @description `revenue` minus `meta_cost`.
             * @example 0.15
             */
            margin: string | null;
            /**
             * @description The price of the credits of the package that were not used by `to`. With `revenue` a whole month has the total of its statement.
             * @example 0.15
             */
            unused_package: string | null;
            /** @description Why an amount is null. `contract_price`: set the contract with its prices. `exchange_rate`: set the rate from the account's currency to the contract's. `meta_price`: set Meta's rates and the Meta accounts of the numbers, unless the category or the country of the messages is not known; `unpriced_messages` counts the messages, and the costs of the company by `category`, `market` and `phone_number_id` show them. */
            missing: ("contract_price" | "exchange_rate" | "meta_price")[];
        };
        QuarantineEntry: {
            id: string;
            /** @enum {string} */
            reason: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            received_at: string;
            phone_number_id: string | null;
            /** @description Null if no company has the phone number. */
            company: string | null;
            /** @description A summary of the event, with masked contacts and without message content. */
            event: {
                /** @example wrote */
                type: string;
                /**
                 * Format: date-time
                 * @description The event's own time, null if unreadable.
                 * @example 2026-11-23T13:00:00Z
                 */
                at: string | null;
                /**
                 * @description Masked.
                 * @example +55 11 •••••-0001
                 */
                contact: string | null;
                /** @description Masked. The new contact of a number change. */
                new_contact: string | null;
                status: string | null;
                message_type: string | null;
                /**
                 * @description The webhook field, if the version that received the event does not read it; otherwise null.
                 * @example customer_events
                 */
                field: string | null;
                /** @description Why the event could not be read. */
                detail: string | null;
            };
            /**
             * Format: date-time
             * @description When a replay metered the event, null if none did.
             * @example 2026-11-23T13:00:00Z
             */
            replayed_at: string | null;
        };
        Replay: {
            /** @enum {string} */
            outcome: "metered";
        } | {
            /**
             * @description The event stays in quarantine.
             * @enum {string}
             */
            outcome: "kept";
            /** @enum {string} */
            reason: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
        };
        ReplayCounts: {
            /** @description Events that are metered now. */
            metered: number;
            /** @description Events that stay in quarantine, by reason. */
            kept: {
                /** @enum {string} */
                reason: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
                events: number;
            }[];
            /** @description Events whose company could not answer: replay them again. */
            unavailable: number;
            /** @description Null after the last event. */
            next_cursor: string | null;
        };
        QuarantineReplayRequest: {
            /**
             * @description The company's id, chosen by the platform.
             * @example acme
             */
            company?: string | null;
            /** @enum {string|null} */
            reason?: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased" | null;
            phone_number_id?: string | null;
            /** @description The maximum number of events to replay, by default 1000. */
            limit?: number | null;
            /** @description `next_cursor` of the previous answer. */
            cursor?: string | null;
        };
        Reopening: {
            reopened: {
                company: string;
                /**
                 * Format: date
                 * @description The last closed date now.
                 * @example 2026-11-23
                 */
                closed_through: string;
                /**
                 * Format: date
                 * @description The last closed date before.
                 * @example 2026-11-23
                 */
                closed_before: string;
            }[];
            /** @description Companies that could not answer: call again. */
            failed: string[];
            /** @description Null after the last company. */
            next_cursor: string | null;
        };
        ReopeningRequest: {
            /**
             * @description Only this company. By default all.
             * @example acme
             */
            company?: string | null;
            /** @description The maximum number of companies, by default 100. */
            limit?: number | null;
            /** @description `next_cursor` of the previous answer. */
            cursor?: string | null;
        };
        Reconciliation: {
            /** @example 1c6c0a5e-3a51-4b2f-8f0e-6c8f1d2b7a90 */
            id: string;
            /** @description Meta's id of the WhatsApp Business Account. */
            account_id: string;
            /**
             * Format: date
             * @example 2026-11-23
             */
            from: string;
            /**
             * Format: date
             * @example 2026-11-23
             */
            to: string;
            /**
             * @description The account's currency.
             * @example USD
             */
            currency: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            created_at: string;
            created_by: string;
            /** @description Data points of Meta that were compared. */
            data_points: number;
            /** @description Delivered messages by the statuses of webhooks. */
            ours: {
                messages: number;
                /**
                 * @description In the account's currency; null if the cost of a message is not known.
                 * @example 0.15
                 */
                cost: string | null;
            };
            /** @description Delivered messages by Meta. */
            meta: {
                messages: number;
                /**
                 * @description In the account's currency; null if the cost of a message is not known.
                 * @example 0.15
                 */
                cost: string | null;
            };
            /** @description Lines by kind. `cost`: the messages are equal and the costs differ. */
            lines: {
                matched: number;
                meta_alone: number;
                ours_alone: number;
                volume: number;
                cost: number;
            };
            /** @description Lines with equal messages of which one side has no cost. */
            costs_not_compared: number;
            /** @description The likely reasons of the differences. */
            reasons: {
                /** @enum {string} */
                reason: "group_message" | "pricing_unknown" | "country_unknown" | "late_status" | "recent" | "free_tier" | "priced_otherwise" | "range_edge" | "number_not_seen" | "number_not_reported" | "lost_webhooks" | "other_app" | "standby" | "wrong_rate" | "volume_tier" | "unexplained";
                lines: number;
                /** @description Meta's minus ours. */
                messages: number;
            }[];
        };
        PricingAnalytics: {
            /**
             * @description Meta's id of the WhatsApp Business Account: it is the `account_id`.
             * @example 102290129340398
             */
            id?: string | null;
            /** @description At most 10000 data points, each of one day. */
            pricing_analytics: {
                data: {
                    data_points: {
                        /**
                         * @description When the day begins, in seconds since 1970.
                         * @example 1759287600
                         */
                        start: number;
                        /**
                         * @description When the day ends.
                         * @example 1759374000
                         */
                        end: number;
                        /** @example BR */
                        country: string;
                        /** @example 551130000001 */
                        phone_number: string;
                        /** @example UTILITY */
                        pricing_category: string;
                        /** @example REGULAR */
                        pricing_type: string;
                        /**
                         * @description The volume tier.
                         * @example 0:MAX
                         */
                        tier?: string | null;
                        /**
                         * @description Delivered messages.
                         * @example 412
                         */
                        volume: number;
                        /**
                         * @description In the account's currency. Meta gives none to accounts on a partner's credit line.
                         * @example 2.8016
                         */
                        cost?: number | null;
                    }[];
                }[];
            };
        };
        ReconciliationLine: {
            /** @description The number of the line: 1, 2, 3 … */
            line: number;
            /** @enum {string} */
            kind: "meta_alone" | "ours_alone" | "volume" | "cost" | "matched";
            phone_number_id: string;
            /**
             * Format: date
             * @description In the account's time zone.
             * @example 2026-11-23
             */
            date: string;
            /** @enum {string} */
            category: "marketing" | "authentication_international" | "authentication" | "utility" | "service" | "unknown";
            /** @enum {string} */
            pricing_type: "regular" | "free_customer_service" | "free_entry_point" | "free_group_customer_service" | "unknown";
            /**
             * @description Of the recipients, ISO 3166; null if only their BSUIDs are known.
             * @example BR
             */
            country: string | null;
            ours: {
                messages: number;
                /**
                 * @description In the account's currency; null if the cost of a message is not known.
                 * @example 0.15
                 */
                cost: string | null;
            };
            meta: {
                messages: number;
                /**
                 * @description In the account's currency; null if the cost of a message is not known.
                 * @example 0.15
                 */
                cost: string | null;
            };
            /** @description Meta's minus ours. */
            difference: {
                messages: number;
                /**
                 * @description In the account's currency; null if the cost of a message is not known.
                 * @example 0.15
                 */
                cost: string | null;
            };
            /** @description Likely reasons, whose messages add up to the difference. */
            reasons: {
                /** @enum {string} */
                reason: "group_message" | "pricing_unknown" | "country_unknown" | "late_status" | "recent" | "free_tier" | "priced_otherwise" | "range_edge" | "number_not_seen" | "number_not_reported" | "lost_webhooks" | "other_app" | "standby" | "wrong_rate" | "volume_tier" | "unexplained";
                /** @description Meta's minus ours; 0 if the prices differ. */
                messages: number;
                /**
                 * @description Of one message, where the prices differ; otherwise null.
                 * @example 0.15
                 */
                our_price: string | null;
                /**
                 * @description A decimal string.
                 * @example 0.15
                 */
                meta_price: string | null;
            }[];
        };
        ReconciledMessage: {
            company: string;
            /** @description A keyed hash of Meta's id of the message (wamid). */
            message: string;
            /**
             * @description The phone or BSUID, masked unless the key or session has `sees_contacts`. Null after the person was erased or their last fact exceeded the retention period.
             * @example +55 11 •••••-7777
             */
            contact: string | null;
            /** @description A keyed hash. */
            contact_id: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            delivered_at: string;
        };
        Nodes: {
            data: components["schemas"]["Node"][];
            /** @description Shards that no node has: calls for their companies are answered 503. */
            unowned_shards: number;
        };
        Node: {
            /**
             * @description The id of this run: a node that lost its companies has another one afterwards.
             * @example 9f2c41d07be3a856
             */
            id: string;
            /**
             * @description Its `NODE_NAME`.
             * @example credits-1
             */
            name: string;
            /**
             * @description `reachable`: other nodes reach it. `suspect`: it fails to reach itself over NATS, or did until just now. `unreachable`: it fails for 5 s, and gives its companies to reachable nodes. `draining`: it stops.
             * @enum {string}
             */
            state: "reachable" | "suspect" | "unreachable" | "draining";
            /** @description Whether its clock, monotonic time and Postgres's clock agree. A node on which they do not closes no day, and gives its companies to nodes on which they do, if there are any. */
            clock_is_certain: boolean;
            /** @description Whether it is the node that answers. */
            is_this: boolean;
            /** @description The shards of companies that it has, of 256. */
            shards: number[];
        };
        NewKey: components["schemas"]["Key"] & {
            /**
             * @description The key. Shown only in this response: the service stores its SHA-256.
             * @example poli_3kTMd9aPqW27xYbn_hUuE0vJr8sCzGq1mXfYtLbN5wRkDoP4iAeZV7T
             */
            key: string;
        };
        Key: {
            /** @description Also part of the key, after `poli_`. */
            id: string;
            name: string;
            /**
             * @description `read` reads; `ingest` also records sends and usage; `admin` also manages keys and erases contacts and labels; `platform` also configures companies, contracts, prices, webhook endpoints and the service.
             * @enum {string}
             */
            scope: "read" | "ingest" | "admin" | "platform";
            /** @description The only company the key can access, null for all. */
            company: string | null;
            sees_contacts: boolean;
            /** @enum {string} */
            status: "live" | "expired" | "revoked";
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            created_at: string;
            created_by: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description Accurate to about a minute.
             * @example 2026-11-23T13:00:00Z
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            revoked_at: string | null;
        };
        NewKeyRequest: {
            /**
             * @description A name for people.
             * @example billing export
             */
            name: string;
            /**
             * @description `read` reads; `ingest` also records sends and usage; `admin` also manages keys and erases contacts and labels; `platform` also configures companies, contracts, prices, webhook endpoints and the service.
             * @enum {string}
             */
            scope: "read" | "ingest" | "admin" | "platform";
            /**
             * @description The only company the key can access, never with `platform`. Default: the same access as your key.
             * @example acme
             */
            company?: string | null;
            /**
             * Format: date-time
             * @description When the key expires. Default: never.
             * @example 2026-11-23T13:00:00Z
             */
            expires_at?: string | null;
            /** @description Whether phones and BSUIDs are shown in full, not masked. Default: true for `admin` and `platform` if your key has it too. */
            sees_contacts?: boolean | null;
        };
        NewWebhookEndpoint: components["schemas"]["WebhookEndpoint"] & {
            /**
             * @description The signing secret. Shown only in this response.
             * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
             */
            secret: string;
        };
        WebhookEndpoint: {
            id: string;
            url: string;
            /** @description The only company whose alerts are sent, null for all. */
            company: string | null;
            types: ("package.nearly_used" | "package.used_up" | "forecast.runs_out" | "usage.spike" | "commitment.ending" | "quarantine.not_empty" | "day.closed" | "month.closed")[];
            /**
             * @description `gone`: the endpoint responded 410 and receives nothing more. Create a new one.
             * @enum {string}
             */
            status: "live" | "gone";
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            created_at: string;
            created_by: string;
            /**
             * Format: date-time
             * @description By the machine's clock, not the test clock; `last_failed_at` too.
             * @example 2026-11-23T13:00:00Z
             */
            last_delivered_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            last_failed_at: string | null;
            /** @example response status 500 */
            last_failure: string | null;
        };
        NewWebhookEndpointRequest: {
            /**
             * Format: uri
             * @example https://platform.example/hooks/credits
             */
            url: string;
            /**
             * @description The only company whose alerts are sent. Default: all.
             * @example acme
             */
            company?: string | null;
            /** @description The alert types to send. Default: all. */
            types?: ("package.nearly_used" | "package.used_up" | "forecast.runs_out" | "usage.spike" | "commitment.ending" | "quarantine.not_empty" | "day.closed" | "month.closed")[] | null;
        };
        WebhookDelivery: {
            /**
             * @description The `webhook-id` of the message: the same for every attempt.
             * @example msg_8f14e45fceea167a5a36dedd4bea2543
             */
            id: string;
            /** @enum {string} */
            type: "package.nearly_used" | "package.used_up" | "forecast.runs_out" | "usage.spike" | "commitment.ending" | "quarantine.not_empty" | "day.closed" | "month.closed" | "endpoint.test";
            /** @description As in the webhook: see `Alert`. */
            data: {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
                /** @description The threshold that was reached: the highest of several. */
                threshold: {
                    /** @example 80 */
                    used_percent: number;
                } | {
                    credits_left: number;
                };
            } | {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
                /**
                 * Format: date
                 * @description The date on which the package is expected to run out.
                 * @example 2026-11-23
                 */
                runs_out_on: string;
                /** @description Bounds of the estimate: first for fast use, then for slow use. Null: not this month. */
                runs_out_between: [
                    string | null,
                    string | null
                ];
                /** @description Days from the current local date to `runs_out_on`. */
                days_left: number;
            } | {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
            } | {
                company: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                date: string;
                consumed: number;
                /** @description Mean of the closed days before, in whole credits. */
                usual: number;
                /** @description Use divided by the usual; null if nothing is usual. */
                times: number | null;
                /** @description The feature that grew most. */
                reason: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    consumed: number;
                    usual: number;
                } | null;
            } | {
                company: string;
                /**
                 * Format: date
                 * @description The last date of the minimum commitment.
                 * @example 2026-11-23
                 */
                ends_on: string;
                days_left: number;
                /**
                 * Format: date
                 * @description The last date of the package, if its cancellation is scheduled.
                 * @example 2026-11-23
                 */
                cancels_on: string | null;
            } | {
                /** @description Null: events that belong to no company. */
                company: string | null;
                /**
                 * Format: date
                 * @description The UTC date on which events arrived.
                 * @example 2026-11-23
                 */
                date: string;
                /** @description All waiting events by reason, of earlier dates too; the newest 10,000 if there are more. */
                waiting: {
                    /** @enum {string} */
                    reason: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
                    events: number;
                }[];
            } | {
                company: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                date: string;
                consumed: number;
                /** @description The totals of the date when it was closed. */
                totals: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    units: number;
                    credits: number;
                }[];
            } | {
                /** @description The id of the endpoint. */
                endpoint: string;
            };
            /**
             * @description `pending`: an attempt follows. `abandoned`: none does.
             * @enum {string}
             */
            status: "pending" | "delivered" | "abandoned";
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            raised_at: string;
            /**
             * Format: date-time
             * @description By the machine's clock, not the test clock; `next_attempt_at` and `at` too.
             * @example 2026-11-23T13:00:00Z
             */
            delivered_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            next_attempt_at: string | null;
            /** @description The last 20 attempts, in order. */
            attempts: {
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:00:00Z
                 */
                at: string;
                duration_ms: number;
                /** @description Null if there was no response. */
                status_code: number | null;
                /**
                 * @description Null if the attempt succeeded.
                 * @example response status 500
                 */
                failure: string | null;
            }[];
        };
        CompanyAlert: {
            /** @example al_3f0c1b6c1f6f4f0bb9b1a0c6a8d1b2c3 */
            id: string;
            /** @enum {string} */
            type: "package.nearly_used" | "package.used_up" | "forecast.runs_out" | "usage.spike" | "commitment.ending" | "quarantine.not_empty" | "day.closed" | "month.closed";
            /**
             * Format: date-time
             * @description When the condition was detected.
             * @example 2026-11-23T13:00:00Z
             */
            raised_at: string;
            /** @description As in the webhook of the same type: see `Alert`. */
            data: {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
                /** @description The threshold that was reached: the highest of several. */
                threshold: {
                    /** @example 80 */
                    used_percent: number;
                } | {
                    credits_left: number;
                };
            } | {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
                /**
                 * Format: date
                 * @description The date on which the package is expected to run out.
                 * @example 2026-11-23
                 */
                runs_out_on: string;
                /** @description Bounds of the estimate: first for fast use, then for slow use. Null: not this month. */
                runs_out_between: [
                    string | null,
                    string | null
                ];
                /** @description Days from the current local date to `runs_out_on`. */
                days_left: number;
            } | {
                company: string;
                /**
                 * @description The month.
                 * @example 2026-11
                 */
                period: string;
                granted: number;
                consumed: number;
                available: number;
                excess: number;
            } | {
                company: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                date: string;
                consumed: number;
                /** @description Mean of the closed days before, in whole credits. */
                usual: number;
                /** @description Use divided by the usual; null if nothing is usual. */
                times: number | null;
                /** @description The feature that grew most. */
                reason: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    consumed: number;
                    usual: number;
                } | null;
            } | {
                company: string;
                /**
                 * Format: date
                 * @description The last date of the minimum commitment.
                 * @example 2026-11-23
                 */
                ends_on: string;
                days_left: number;
                /**
                 * Format: date
                 * @description The last date of the package, if its cancellation is scheduled.
                 * @example 2026-11-23
                 */
                cancels_on: string | null;
            } | {
                /** @description Null: events that belong to no company. */
                company: string | null;
                /**
                 * Format: date
                 * @description The UTC date on which events arrived.
                 * @example 2026-11-23
                 */
                date: string;
                /** @description All waiting events by reason, of earlier dates too; the newest 10,000 if there are more. */
                waiting: {
                    /** @enum {string} */
                    reason: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
                    events: number;
                }[];
            } | {
                company: string;
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                date: string;
                consumed: number;
                /** @description The totals of the date when it was closed. */
                totals: {
                    feature: string;
                    /** @enum {string} */
                    direction: "inbound" | "outbound" | "none";
                    units: number;
                    credits: number;
                }[];
            };
        };
        AlertThresholds: {
            /**
             * @description Percentages of the package that are used: each raises `package.nearly_used`.
             * @example [
             *       50,
             *       80
             *     ]
             */
            used_percents: number[];
            /**
             * @description Credits of the package that are left: each raises `package.nearly_used`.
             * @example [
             *       100
             *     ]
             */
            credits_left: number[];
            /**
             * @description `forecast.runs_out` is raised when the package is expected to run out within this many days; null: never.
             * @example 5
             */
            runs_out_days: number | null;
            /** @description Whether the company has no thresholds of its own. */
            is_default: boolean;
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            set_at: string | null;
            set_by: string | null;
        };
        AlertThresholdsRequest: {
            /**
             * @description Percentages of the package that are used: each raises `package.nearly_used`.
             * @example [
             *       50,
             *       80
             *     ]
             */
            used_percents: number[];
            /**
             * @description Credits of the package that are left: each raises `package.nearly_used`.
             * @example [
             *       100
             *     ]
             */
            credits_left: number[];
            /**
             * @description `forecast.runs_out` is raised when the package is expected to run out within this many days; null: never.
             * @example 5
             */
            runs_out_days: number | null;
        };
        ViewerSession: {
            /** @description A one-time link to the page: redirect the browser to it now. */
            url: string;
            /**
             * Format: date-time
             * @description When the link expires.
             * @example 2026-11-23T13:00:00Z
             */
            url_expires_at: string;
            /**
             * Format: date-time
             * @description When the session ends if it is not used.
             * @example 2026-11-23T13:00:00Z
             */
            expires_at: string;
        };
        NewViewerSessionRequest: {
            /**
             * @description Idle time in seconds after which the session ends. Every session ends after a day.
             * @default 900
             */
            ttl_seconds?: number | null;
            /**
             * @description Whether the viewer sees phones and BSUIDs in full, and can search by them. Your key needs it too.
             * @default false
             */
            sees_contacts?: boolean | null;
        };
        TestClockRequest: {
            /**
             * Format: date-time
             * @example 2026-11-23T13:00:00Z
             */
            now: string;
        } | {
            /**
             * @description An ISO 8601 duration.
             * @example PT1H
             */
            advance: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Alert = components['schemas']['Alert'];
export type Problem = components['schemas']['Problem'];
export type PutCompany = components['schemas']['PutCompany'];
export type Company = components['schemas']['Company'];
export type Profile = components['schemas']['Profile'];
export type ListedCompany = components['schemas']['ListedCompany'];
export type Balance = components['schemas']['Balance'];
export type PhoneNumber = components['schemas']['PhoneNumber'];
export type MetaAccount = components['schemas']['MetaAccount'];
export type PhoneNumberClaim = components['schemas']['PhoneNumberClaim'];
export type PhoneNumberName = components['schemas']['PhoneNumberName'];
export type MetaAccountRequest = components['schemas']['MetaAccountRequest'];
export type Contract = components['schemas']['Contract'];
export type ChangedContract = components['schemas']['ChangedContract'];
export type Offer = components['schemas']['Offer'];
export type Balances = components['schemas']['Balances'];
export type ContactWindow = components['schemas']['ContactWindow'];
export type Window = components['schemas']['Window'];
export type ErasureResult = components['schemas']['ErasureResult'];
export type LabelErasure = components['schemas']['LabelErasure'];
export type LabelErasureRequest = components['schemas']['LabelErasureRequest'];
export type SendAllowed = components['schemas']['SendAllowed'];
export type Send = components['schemas']['Send'];
export type SendFailureRecorded = components['schemas']['SendFailureRecorded'];
export type SendFailure = components['schemas']['SendFailure'];
export type Quote = components['schemas']['Quote'];
export type QuoteRequest = components['schemas']['QuoteRequest'];
export type UsageCounted = components['schemas']['UsageCounted'];
export type Usage = components['schemas']['Usage'];
export type CloudEvent = components['schemas']['CloudEvent'];
export type LedgerEntry = components['schemas']['LedgerEntry'];
export type Receipt = components['schemas']['Receipt'];
export type Statement = components['schemas']['Statement'];
export type Forecast = components['schemas']['Forecast'];
export type WhatIf = components['schemas']['WhatIf'];
export type Bill = components['schemas']['Bill'];
export type MonthMargin = components['schemas']['MonthMargin'];
export type WhatIfRequest = components['schemas']['WhatIfRequest'];
export type MetaRate = components['schemas']['MetaRate'];
export type MetaPriceTier = components['schemas']['MetaPriceTier'];
export type Feature = components['schemas']['Feature'];
export type Rate = components['schemas']['Rate'];
export type MetaRates = components['schemas']['MetaRates'];
export type MetaRateInForce = components['schemas']['MetaRateInForce'];
export type MetaRatesRequest = components['schemas']['MetaRatesRequest'];
export type MetaRatesVersion = components['schemas']['MetaRatesVersion'];
export type ExchangeRate = components['schemas']['ExchangeRate'];
export type ExchangeRateRequest = components['schemas']['ExchangeRateRequest'];
export type MetaCost = components['schemas']['MetaCost'];
export type Margin = components['schemas']['Margin'];
export type QuarantineEntry = components['schemas']['QuarantineEntry'];
export type Replay = components['schemas']['Replay'];
export type ReplayCounts = components['schemas']['ReplayCounts'];
export type QuarantineReplayRequest = components['schemas']['QuarantineReplayRequest'];
export type Reopening = components['schemas']['Reopening'];
export type ReopeningRequest = components['schemas']['ReopeningRequest'];
export type Reconciliation = components['schemas']['Reconciliation'];
export type PricingAnalytics = components['schemas']['PricingAnalytics'];
export type ReconciliationLine = components['schemas']['ReconciliationLine'];
export type ReconciledMessage = components['schemas']['ReconciledMessage'];
export type Nodes = components['schemas']['Nodes'];
export type Node = components['schemas']['Node'];
export type NewKey = components['schemas']['NewKey'];
export type Key = components['schemas']['Key'];
export type NewKeyRequest = components['schemas']['NewKeyRequest'];
export type NewWebhookEndpoint = components['schemas']['NewWebhookEndpoint'];
export type WebhookEndpoint = components['schemas']['WebhookEndpoint'];
export type NewWebhookEndpointRequest = components['schemas']['NewWebhookEndpointRequest'];
export type WebhookDelivery = components['schemas']['WebhookDelivery'];
export type CompanyAlert = components['schemas']['CompanyAlert'];
export type AlertThresholds = components['schemas']['AlertThresholds'];
export type AlertThresholdsRequest = components['schemas']['AlertThresholdsRequest'];
export type ViewerSession = components['schemas']['ViewerSession'];
export type NewViewerSessionRequest = components['schemas']['NewViewerSessionRequest'];
export type TestClockRequest = components['schemas']['TestClockRequest'];
export type $defs = Record<string, never>;
export interface operations {
    verifyWebhook: {
        parameters: {
            query?: {
                /** @example subscribe */
                "hub.mode"?: string;
                /** @example verify-token */
                "hub.verify_token"?: string;
                /** @example 1158201444 */
                "hub.challenge"?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receiveWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCompany: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is 412 `precondition_failed` and nothing changes. Without it the last writer wins. */
                "If-Match"?: string;
                /** @description In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Company"];
                };
            };
            /** @description Not modified: `If-None-Match` has the current `ETag`. */
            304: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putCompany: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is 412 `precondition_failed` and nothing changes. Without it the last writer wins. */
                "If-Match"?: string;
                /** @description In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Profile"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PutCompany"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCompanies: {
        parameters: {
            query?: {
                /** @description A part of the name. Case and marks do not matter: `sao` finds `São`. */
                name?: string;
                /** @description The state of the package today: `ending` if its cancellation is scheduled, `scheduled` before it starts, `none` without a package. */
                status?: "active" | "ending" | "scheduled" | "none";
                /** @description Whether the current month has excess. */
                in_excess?: "true" | "false";
                /** @description Companies whose forecast has `runs_out_on` before this local date. Each page reads the forecasts of at most 100 companies, so it can have fewer rows than `limit`, or none, and a `next_cursor`. */
                runs_out_before?: string;
                /** @description Figures are of the current month. `share_used`: consumed credits for each granted one; without a package each counts as a whole one. */
                sort?: "company" | "name" | "available" | "excess" | "consumed" | "share_used";
                /** @description Companies of one value are in order of id either way. */
                order?: "asc" | "desc";
                /** @description Adds `balance` to each row. */
                include?: "balance";
                /**
                 * @description Maximum rows of the page.
                 * @example 2
                 */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListedCompany"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPhoneNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 106540352242922 */
                phone_number_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneNumber"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putPhoneNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 106540352242922 */
                phone_number_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PhoneNumberName"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneNumber"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putMetaAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 106540352242922 */
                phone_number_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MetaAccountRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneNumber"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getContract: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is 412 `precondition_failed` and nothing changes. Without it the last writer wins. */
                "If-Match"?: string;
                /** @description In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contract"];
                };
            };
            /** @description Not modified: `If-None-Match` has the current `ETag`. */
            304: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putContract: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is 412 `precondition_failed` and nothing changes. Without it the last writer wins. */
                "If-Match"?: string;
                /** @description In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Offer"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedContract"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelContract: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is 412 `precondition_failed` and nothing changes. Without it the last writer wins. */
                "If-Match"?: string;
                /** @description In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists. */
                "If-None-Match"?: string;
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedContract"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawCancellation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is 412 `precondition_failed` and nothing changes. Without it the last writer wins. */
                "If-Match"?: string;
                /** @description In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description The strong entity tag of the resource. It changes with every change of it, and not with usage.
                     * @example "3.2.0"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedContract"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBalance: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the last response, or several: 304 without a body while one is current. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /**
                     * @description A weak entity tag. Responses with the same tag differ in `as_of` at most.
                     * @example W/"57.q3sN0bYk"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
            /** @description Not modified: `If-None-Match` has the current `ETag`. */
            304: {
                headers: {
                    /**
                     * @description A weak entity tag. Responses with the same tag differ in `as_of` at most.
                     * @example W/"57.q3sN0bYk"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamBalance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBalances: {
        parameters: {
            query: {
                /**
                 * @description The companies, 1 to 100: repeat the parameter for each.
                 * @example [
                 *       "acme",
                 *       "globex",
                 *       "initech"
                 *     ]
                 */
                company: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balances"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getContactWindow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /** @description A phone or a BSUID. A phone is international, with `+` or `00` or ten digits at least, or a national number of the company's `country`. Digits that are a number in both ways are national if they are written so, as in `(51) 98888-7777`; bare, as in `51988887777`, they are 422: write `+`. Spaces, dashes, dots, slashes, parentheses and marks of direction separate digits. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactWindow"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /** @description A phone or a BSUID. A phone is international, with `+` or `00` or ten digits at least, or a national number of the company's `country`. Digits that are a number in both ways are national if they are written so, as in `(51) 98888-7777`; bare, as in `51988887777`, they are 422: write `+`. Spaces, dashes, dots, slashes, parentheses and marks of direction separate digits. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureResult"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseLabels: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelErasureRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelErasure"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWindows: {
        parameters: {
            query?: {
                /**
                 * @description `true`: only open windows; `false`: only closed ones.
                 * @example true
                 */
                open?: "true" | "false";
                /**
                 * @description Maximum rows of the page.
                 * @example 2
                 */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: (components["schemas"]["Window"] & {
                            /**
                             * @description The phone or BSUID, masked unless the key or session has `sees_contacts`. Null after the person was erased or their last fact exceeded the retention period.
                             * @example +55 11 •••••-7777
                             */
                            contact: string | null;
                            feature: string;
                        })[];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Send"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendAllowed"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reportMessageFailure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /** @description The `message_id` of the recorded send, percent-encoded. */
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SendFailure"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendFailureRecorded"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createQuote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuoteRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quote"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUsageReport: {
        parameters: {
            query?: {
                /** @description Inclusive. Default: the first day of the month of `to`. */
                from?: string;
                /** @description Inclusive. Default: today. */
                to?: string;
                /** @description Comma-separated: `day`, `feature`, `direction`, `phone_number_id` (the company's number) and up to 5 `attribute:NAME` (a label of the send or usage). */
                group_by?: string;
                /** @description `now`: current totals, late facts included; `close`: totals at the closing of each day. */
                as_of?: "now" | "close";
                /** @description The form of the CSV: `pt-BR` or `en` is for people, with headings, names, local times and numbers in that language; `und` is for programs. By default `Accept-Language` decides; without Portuguese or English in it the CSV is for programs. JSON has one form. */
                locale?: "und" | "pt-BR" | "en";
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /**
                             * Format: date
                             * @example 2026-11-23
                             */
                            day?: string;
                            feature?: string;
                            /** @enum {string} */
                            direction?: "inbound" | "outbound" | "none";
                            phone_number_id?: string | null;
                            /** @description Labels by name, null if not set. Use that cost nothing has no labels. */
                            attributes?: {
                                [key: string]: string | null;
                            };
                            /** @description Number of windows, or the quantity of usage. */
                            units: number;
                            credits: number;
                        }[];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                        /**
                         * Format: date
                         * @example 2026-11-23
                         */
                        from: string;
                        /**
                         * Format: date
                         * @example 2026-11-23
                         */
                        to: string;
                        /**
                         * Format: date
                         * @description The last closed date. Totals of later dates are not final.
                         * @example 2026-11-23
                         */
                        closed_through: string;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createUsage: {
        parameters: {
            query?: never;
            header?: {
                /** @description The attribute `specversion` of a CloudEvent in binary mode. The body is its `data`. */
                "ce-specversion"?: string;
                /** @description The attribute `id` of a CloudEvent in binary mode. The body is its `data`. */
                "ce-id"?: string;
                /** @description The attribute `source` of a CloudEvent in binary mode. The body is its `data`. */
                "ce-source"?: string;
                /** @description The attribute `type` of a CloudEvent in binary mode. The body is its `data`. */
                "ce-type"?: string;
                /** @description The attribute `subject` of a CloudEvent in binary mode. The body is its `data`. */
                "ce-subject"?: string;
                /** @description The attribute `time` of a CloudEvent in binary mode. The body is its `data`. */
                "ce-time"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Usage"] | components["schemas"]["Usage"][];
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageCounted"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLedgerEntries: {
        parameters: {
            query?: {
                /** @description By local date, inclusive. */
                from?: string;
                /** @description By local date, inclusive. */
                to?: string;
                /** @description The feature's code. */
                feature?: string;
                type?: "grant" | "consumption" | "reversal" | "expiry" | "adjustment";
                direction?: "inbound" | "outbound" | "none";
                /** @description `true`: only entries recorded after their date was closed; `false`: only the others. */
                late?: string;
                /** @description `true`: only entries recorded after their month was closed, which make up the `late_entries` of its statement; `false`: only the others. */
                after_close?: string;
                /**
                 * @description Maximum rows of the page.
                 * @example 3
                 */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The form of the CSV: `pt-BR` or `en` is for people, with headings, names, local times and numbers in that language; `und` is for programs. By default `Accept-Language` decides; without Portuguese or English in it the CSV is for programs. JSON has one form. */
                locale?: "und" | "pt-BR" | "en";
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LedgerEntry"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /**
                 * @description `seq` of the entry.
                 * @example 3
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listStatements: {
        parameters: {
            query?: {
                /**
                 * @description Maximum rows of the page.
                 * @example 2
                 */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The form of the CSV: `pt-BR` or `en` is for people, with headings, names, local times and numbers in that language; `und` is for programs. By default `Accept-Language` decides; without Portuguese or English in it the CSV is for programs. JSON has one form. */
                locale?: "und" | "pt-BR" | "en";
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Statement"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getForecast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forecast"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    computeWhatIf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhatIfRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFeatures: {
        parameters: {
            query?: {
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Feature"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFeature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The feature's code. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feature"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putFeature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The feature's code. */
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rate"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feature"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCompanyFeatures: {
        parameters: {
            query?: {
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Feature"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCompanyFeature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /** @description The feature's code. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feature"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putCompanyFeature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /** @description The feature's code. */
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rate"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feature"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetaRates: {
        parameters: {
            query: {
                /** @description The currency that Meta bills in. */
                currency: string;
                /** @description A date in the time zone of Meta's account. Default: today in UTC. */
                on?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetaRates"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putMetaRates: {
        parameters: {
            query?: {
                /** @description With a file: the currency of its prices. */
                currency?: string;
                /** @description With a file: the first date of its prices, in the time zone of Meta's account. */
                effective_from?: string;
                /** @description With a file that lists rates: number of delivered service messages that are free each month for each business number. Default: as Meta announced, 1000 from 2026-10-01 on. */
                free_service_messages?: number;
                /** @description Why prices that are in force change or disappear. Required then, since costs that were reported change too; stored with the version. */
                correction?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MetaRatesRequest"];
                "text/csv": string;
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetaRates"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMetaRatesVersions: {
        parameters: {
            query?: {
                currency?: string;
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MetaRatesVersion"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listExchangeRates: {
        parameters: {
            query?: {
                /** @description The currency of the amounts that are converted. */
                from?: string;
                /** @description The currency that they are converted to. */
                to?: string;
                /** @description A date: lists only the rates that hold on it. */
                on?: string;
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ExchangeRate"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putExchangeRate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExchangeRateRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeRate"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCosts: {
        parameters: {
            query?: {
                /** @description Inclusive. Default: the first day of the month of `to`. */
                from?: string;
                /** @description Inclusive. Default: today. */
                to?: string;
                /** @description Comma-separated: `day` (local date), `category`, `pricing_type`, `market` (of the recipients, as Meta's rate cards name it) and `phone_number_id` (the company's number). */
                group_by?: string;
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MetaCost"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                        /**
                         * Format: date
                         * @example 2026-11-23
                         */
                        from: string;
                        /**
                         * Format: date
                         * @example 2026-11-23
                         */
                        to: string;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMargins: {
        parameters: {
            query?: {
                /** @description Local date, inclusive. Default: the first day of the month of `to`; without `to`, of the month that is not over everywhere. */
                from?: string;
                /** @description Local date, inclusive. Default: today in UTC. */
                to?: string;
                /** @description Comma-separated: `company` and `month`. */
                group_by?: string;
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Margin"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                        /**
                         * Format: date
                         * @example 2026-11-23
                         */
                        from: string;
                        /**
                         * Format: date
                         * @example 2026-11-23
                         */
                        to: string;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listQuarantinedEvents: {
        parameters: {
            query?: {
                /** @description The company's id, chosen by the platform. */
                company?: string;
                reason?: "too_old" | "in_the_future" | "timestamp_unparseable" | "unreadable" | "unknown_phone_number" | "identity_conflict" | "month_final" | "unknown_field" | "erased";
                phone_number_id?: string;
                /**
                 * @description Maximum rows of the page.
                 * @example 1
                 */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["QuarantineEntry"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayQuarantinedEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 94275956-deaa-c782-acd4-1a6eb25a0ef6 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replay"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayQuarantinedEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QuarantineReplayRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayCounts"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reopenDays: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReopeningRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reopening"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReconciliations: {
        parameters: {
            query?: {
                account_id?: string;
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Reconciliation"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createReconciliation: {
        parameters: {
            query: {
                /** @description The first date that Meta was asked for. */
                from: string;
                /** @description The last date that Meta was asked for; at most 92 dates. */
                to: string;
                /** @description Meta's id of the account. By default the `id` of the body. */
                account_id?: string;
                /**
                 * @description A phone number of Meta's data and its `phone_number_id`: repeat the parameter for each. By default the number whose name is the phone.
                 * @example [
                 *       "551130000001:106540352242922"
                 *     ]
                 */
                number?: string[];
            };
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PricingAnalytics"];
                "text/csv": string;
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 1c6c0a5e-3a51-4b2f-8f0e-6c8f1d2b7a90 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReconciliationLines: {
        parameters: {
            query?: {
                /**
                 * @description Only lines of this kind: repeat the parameter for several. By default every kind but `matched`.
                 * @example [
                 *       "meta_alone",
                 *       "volume"
                 *     ]
                 */
                kind?: ("meta_alone" | "ours_alone" | "volume" | "cost" | "matched")[];
                reason?: "group_message" | "pricing_unknown" | "country_unknown" | "late_status" | "recent" | "free_tier" | "priced_otherwise" | "range_edge" | "number_not_seen" | "number_not_reported" | "lost_webhooks" | "other_app" | "standby" | "wrong_rate" | "volume_tier" | "unexplained";
                phone_number_id?: string;
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @example 1c6c0a5e-3a51-4b2f-8f0e-6c8f1d2b7a90 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ReconciliationLine"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReconciliationMessages: {
        parameters: {
            query?: {
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @example 1c6c0a5e-3a51-4b2f-8f0e-6c8f1d2b7a90 */
                id: string;
                /**
                 * @description The number of the line.
                 * @example 2
                 */
                line: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ReconciledMessage"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReportPage: {
        parameters: {
            query?: {
                month?: string;
                /** @description By local date, inclusive. */
                from?: string;
                /** @description By local date, inclusive. */
                to?: string;
                /** @description The feature's code. */
                feature?: string;
                type?: string;
                direction?: string;
                /** @description `true`: only entries recorded after their date was closed; `false`: only the others. */
                late?: string;
                /** @description `true`: only entries recorded after their month was closed, which make up the `late_entries` of its statement; `false`: only the others. */
                after_close?: string;
                /** @description A phone as people write it, a BSUID, or the id of a message that opened a window. Needs `sees_contacts`: without it every text is 403. It finds no entry of an erased person. */
                search?: string;
                /** @description The language; from `Accept-Language` by default. */
                lang?: string;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The ledger entry whose receipt is open. */
                entry?: number;
                /** @description `all`: every open window. */
                windows?: string;
                /** @description Shows usage by the label `department` or `campaign`, or by the company's `number`; by feature by default. */
                by?: string;
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    downloadReportHistory: {
        parameters: {
            query?: {
                month?: string;
                /** @description By local date, inclusive. */
                from?: string;
                /** @description By local date, inclusive. */
                to?: string;
                /** @description The feature's code. */
                feature?: string;
                type?: string;
                direction?: string;
                /** @description `true`: only entries recorded after their date was closed; `false`: only the others. */
                late?: string;
                /** @description `true`: only entries recorded after their month was closed, which make up the `late_entries` of its statement; `false`: only the others. */
                after_close?: string;
                /** @description A phone as people write it, a BSUID, or the id of a message that opened a window. Needs `sees_contacts`: without it every text is 403. It finds no entry of an erased person. */
                search?: string;
                /** @description The form of the CSV: `pt-BR` or `en` is for people, with headings, names, local times and numbers in that language; `und` is for programs. By default `Accept-Language` decides; without Portuguese or English in it the CSV is for programs. JSON has one form. */
                locale?: string;
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReportAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example icon.4f0c2a9d1b7e.svg */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                    "text/javascript": string;
                    "image/svg+xml": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nodes"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                status?: "live" | "expired" | "revoked";
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Key"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKeyRequest"];
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 3kTMd9aPqW27xYbn */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        status: "revoked";
                    };
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookEndpoint"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example we_4c1f0a7d92e35b68d0f1a2b3 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        status: "removed";
                    };
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @example we_4c1f0a7d92e35b68d0f1a2b3 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookDelivery"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resendWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example we_4c1f0a7d92e35b68d0f1a2b3 */
                id: string;
                /** @example msg_8f14e45fceea167a5a36dedd4bea2543 */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example we_4c1f0a7d92e35b68d0f1a2b3 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                type?: "package.nearly_used" | "package.used_up" | "forecast.runs_out" | "usage.spike" | "commitment.ending" | "quarantine.not_empty" | "day.closed" | "month.closed";
                /** @description Maximum rows of the page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CompanyAlert"][];
                        /** @description Null on the last page. */
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlertThresholds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertThresholds"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAlertThresholds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertThresholdsRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertThresholds"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createViewerSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewViewerSessionRequest"];
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ViewerSession"];
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openViewerSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
                /** @example v1vT0mS8qYf3xKzR5bJd2LwUeCnAhGp7 */
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redirect to `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endViewerSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id, chosen by the platform. */
                company: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redirect to `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advanceTestClock: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestClockRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description `true`: this is the answer of an earlier call with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: date-time
                         * @example 2026-11-23T13:00:00Z
                         */
                        now: string;
                    };
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                        version: string;
                    };
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        checks: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocsFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example start.js */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                    "text/css": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStartPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receiveAlert: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Alert"];
            };
        };
        responses: {
            /** @description Any 2xx: the alert is delivered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint receives nothing more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
