-- figure:     forecast-variance
-- title:      Forecast and actual
-- question:   How wrong was the forecast, in which direction, and did judgement make it better?
-- curriculum: M8.1
-- source:     domain M8.1; call, rolled-up deals and weighted pipeline, each against the actual
-- grain:      one row per value of the dimension
-- needs:      opportunities, forecasts
-- parameters:
--   quarter       text   the period under review
--   period_start  date   first day of it
--   period_end    date   last day of it
--   as_of         date   bookings by what is known on this day, and all money at its plan rates
--   by            text   calls are made by owners: by segment and by product there are none
-- columns:
--   slice           text               value of the dimension
--   target          money              part of the targets that falls in the period; NULL: none
--   call            money              first commit submitted within 14 days of the start, closed
--                                      included; NULL: none
--   actual          money              amount won in the period
--   variance        money              actual - call
--   attainment      share              actual / target; NULL without a positive target
--   bias            share              (call - actual) / actual; above zero: called too much
--   variance_share  share "Of call"    variance / call
--   material        flag               the variance is more than 5 % of the call, unless set otherwise
--   explained       share              part of the variance that its note explains; NULL: no note does
--   rolled_up       money "Rolled up"  committed and won deals at the start; NULL: no export tells it
--   rolled_up_variance  money "Actual less rolled up"  actual - rolled up
--   weighted        money              open deals at the start by their probability, and those won
--   weighted_variance  money "Actual less weighted"  actual - weighted
--   weighted_spread  money "Spread"     standard deviation of the weighted number, each deal won or lost by
--                                      itself: few large deals make it no likely outcome
--   overlay         money              call - rolled up: what judgement added to the deals
--   value_added     money              |actual - weighted| - |actual - call|; above zero: judgement helped
--   wape            share "WAPE"       sum of the owners' errors, sizes only / sum of their actuals
--   mape            share "MAPE"       mean of the owners' errors in percent of their actuals
--   mape_excluded   count "No MAPE"    owners with a call and no actual, left out of it
--   call_index      number "Index"     call / actual x 100; 85 to 115 is good
--   callers         count              owners who called in time
--   unweighted      count              open deals at the start without any probability, not weighted
--   origin          state              how the start is known: export, or derived from a log of
--                                      changes; NULL: no export tells it
--   explained_amount  money "Explained by"  what the causes of its note add up to; NULL: no note, or a draft
--   line_id         id "Line"          the same line has the same id on every run
--   note            id                 its variance note; NULL: none
--   period          text               the quarter or year under review
-- chart:      bar label=slice value=actual reference=call
-- drill:      deals slice=slice
-- opens:      variance-note finding=line_id line=slice quarter=period variance=variance record=note

WITH targets AS (
    SELECT
        slice,
        sum(amount) AS target
    FROM review_targets()
    GROUP BY slice
),

calls AS (
    SELECT *
    FROM forecast_calls()
    WHERE getvariable('by') NOT IN ('segment', 'product')
),

called AS (
    SELECT
        slice,
        sum(amount) AS call
    FROM calls
    GROUP BY slice
),

actuals AS (
    SELECT
        slice,
        sum(amount) AS actual
    FROM bookings()
    GROUP BY slice
),

-- Open and won in the period at its start. A stage's probability is an assumption and beats what
-- stands in the deal: recalibrating it must change the figure.
opening AS (
    SELECT
        deal.slice,
        deal.category,
        deal.amount,
        coalesce(stage.value, deal.probability) AS probability,
        place_of(deal.state, deal.category, deal.close_date) AS place
    FROM sliced_deals_at(opening_snapshot(), as_of()) AS deal
    LEFT JOIN assumption_history() AS stage
        ON stage.name = 'stage_probability'
        AND stage.scope = deal.stage
        AND opening_snapshot() >= stage.effective_from
        AND opening_snapshot() < stage.effective_to
    WHERE deal.close_date BETWEEN period_start() AND period_end()
),

opened AS (
    SELECT
        slice,
        sum(amount) FILTER (place = 'won' OR category = 'commit') AS rolled_up,
        sum(CASE
            WHEN place = 'won' THEN amount
            ELSE CAST(CAST(amount AS DECIMAL(30, 2)) * probability AS DECIMAL(18, 2))
        END) AS weighted,
        count(*) FILTER (place = 'open' AND probability IS NULL) AS unweighted,
        sqrt(sum(pow(CAST(amount AS DOUBLE), 2) * probability * (1 - probability)) FILTER (place = 'open'))
            AS spread
    FROM opening
    WHERE place IN ('open', 'won')
    GROUP BY slice
),

-- Errors are taken per owner before they are added up: across owners they would cancel out.
errors AS (
    SELECT
        owner.slice,
        owner.call,
        coalesce(booked.actual, 0) AS actual,
        abs(owner.call - coalesce(booked.actual, 0)) AS error
    FROM (
        SELECT owner_id, slice, sum(amount) AS call FROM calls GROUP BY owner_id, slice
    ) AS owner
    LEFT JOIN (
        SELECT owner_id, sum(amount) AS actual FROM bookings() GROUP BY owner_id
    ) AS booked ON booked.owner_id = owner.owner_id
),

accuracy AS (
    SELECT
        slice,
        wape_of(error, actual) AS wape,
        mape_of(error, actual) AS mape,
        count(*) FILTER (actual = 0) AS mape_excluded,
        count(*) AS callers
    FROM errors
    GROUP BY slice
),

slices AS (
    SELECT slice FROM targets
    UNION
    SELECT slice FROM called
    UNION
    SELECT slice FROM actuals
    UNION
    SELECT slice FROM opened
),

compared AS (
    SELECT
        slices.slice,
        targets.target,
        called.call,
        -- An export without such deals tells that there are none; no export tells nothing.
        CASE WHEN opening_snapshot() IS NOT NULL THEN coalesce(opened.rolled_up, 0) END AS rolled_up,
        CASE WHEN opening_snapshot() IS NOT NULL THEN coalesce(opened.weighted, 0) END AS weighted,
        CASE
            WHEN opening_snapshot() IS NOT NULL THEN CAST(coalesce(opened.spread, 0) AS DECIMAL(18, 2))
        END AS spread,
        coalesce(actuals.actual, 0) AS actual,
        coalesce(opened.unweighted, 0) AS unweighted,
        variance_line(slices.slice) AS line_id
    FROM slices
    LEFT JOIN targets ON targets.slice = slices.slice
    LEFT JOIN called ON called.slice = slices.slice
    LEFT JOIN opened ON opened.slice = slices.slice
    LEFT JOIN actuals ON actuals.slice = slices.slice
)

SELECT
    compared.slice,
    CAST(target AS DECIMAL(18, 2)) AS target,
    CAST(call AS DECIMAL(18, 2)) AS call,
    CAST(actual AS DECIMAL(18, 2)) AS actual,
    CAST(actual - call AS DECIMAL(18, 2)) AS variance,
    share_of(actual, target) AS attainment,
    share_of(call - actual, actual) AS bias,
    share_of(actual - call, call) AS variance_share,
    is_material(actual - call, call) AS material,
    share_of(explained_part(actual - call, notes.amount), abs(actual - call)) AS explained,
    CAST(rolled_up AS DECIMAL(18, 2)) AS rolled_up,
    CAST(actual - rolled_up AS DECIMAL(18, 2)) AS rolled_up_variance,
    CAST(weighted AS DECIMAL(18, 2)) AS weighted,
    CAST(actual - weighted AS DECIMAL(18, 2)) AS weighted_variance,
    spread AS weighted_spread,
    CAST(call - rolled_up AS DECIMAL(18, 2)) AS overlay,
    CAST(abs(actual - weighted) - abs(actual - call) AS DECIMAL(18, 2)) AS value_added,
    accuracy.wape,
    accuracy.mape,
    coalesce(accuracy.mape_excluded, 0) AS mape_excluded,
    100 * share_of(call, actual) AS call_index,
    coalesce(accuracy.callers, 0) AS callers,
    unweighted,
    snapshot_origin(opening_snapshot()) AS origin,
    CAST(notes.amount AS DECIMAL(18, 2)) AS explained_amount,
    compared.line_id,
    notes.record_id AS note,
    getvariable('quarter') AS period
FROM compared
LEFT JOIN accuracy ON accuracy.slice = compared.slice
LEFT JOIN variance_notes() AS notes ON notes.line_id = compared.line_id
ORDER BY compared.slice = not_set(), compared.slice
