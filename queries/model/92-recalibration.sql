-- What practice says about the judgements that a forecast rests on beside stages: how large and how long deals
-- are, how many slip, how much of a quarter comes to be within it, and when in a quarter it is won (domain M8.1).

-- The finished quarters that are looked at, told by what is known today.
CREATE OR REPLACE TEMP MACRO quarters_of_practice() AS TABLE
    SELECT
        quarter,
        quarter_start,
        quarter_end,
        row_number() OVER (ORDER BY quarter_start DESC) = 1 AS newest
    FROM (
        SELECT DISTINCT quarter, quarter_start, quarter_end
        FROM settings.fiscal_month
        WHERE quarter_end <= least(as_of(), period_end())
        ORDER BY quarter_start DESC
        LIMIT calibration_quarters()
    );

-- Every deal that was won in them, without those that are far larger than the others.
CREATE OR REPLACE TEMP MACRO wins_of_practice() AS TABLE
    SELECT
        won.* EXCLUDE (mega),
        month.month_in_quarter
    FROM (
        SELECT
            quarters.quarter,
            quarters.quarter_start,
            quarters.newest,
            deal.slice,
            deal.amount,
            deal.created_on,
            deal.close_date,
            coalesce(
                deal.amount > calibration_mega() * quantile_cont(deal.amount::DOUBLE, 0.95) OVER (), false
            ) AS mega
        FROM sliced_deals_at(as_of(), as_of()) AS deal
        INNER JOIN quarters_of_practice() AS quarters
            ON deal.close_date BETWEEN quarters.quarter_start AND quarters.quarter_end
        WHERE deal.state = 'won'
    ) AS won
    INNER JOIN fiscal_days() AS fiscal ON fiscal.day = won.close_date
    INNER JOIN settings.fiscal_month AS month ON month.month_start = fiscal.month_start
    WHERE NOT won.mega;

-- One row for each deal that speaks for or against a judgement: `x` is 1 or 0 for a share, the deal's own value
-- for a mean. A mean holds for its slice, and so does a share.
CREATE OR REPLACE TEMP MACRO practice() AS TABLE
    WITH wins AS (
        SELECT
            *,
            unnest([
                struct_pack(assumption := 'average_deal', part := NULL, x := CAST(amount AS DOUBLE)),
                struct_pack(
                    assumption := 'cycle_days',
                    part := NULL,
                    x := CASE WHEN close_date >= created_on THEN CAST(close_date - created_on AS DOUBLE) END
                ),
                struct_pack(
                    assumption := 'create_and_close',
                    part := NULL,
                    x := CAST((created_on >= quarter_start)::INTEGER AS DOUBLE)
                ),
                struct_pack(assumption := 'linearity', part := 1, x := (month_in_quarter = 1)::DOUBLE),
                struct_pack(assumption := 'linearity', part := 2, x := (month_in_quarter = 2)::DOUBLE),
                struct_pack(assumption := 'linearity', part := 3, x := (month_in_quarter >= 3)::DOUBLE)
            ]) AS said
        FROM wins_of_practice()
    )

    SELECT quarter, newest, slice, said.assumption, said.part, said.x
    FROM wins
    WHERE said.x IS NOT NULL
    UNION ALL
    SELECT quarter, newest, slice, 'slip_rate' AS assumption, NULL AS part, CAST(slipped::INTEGER AS DOUBLE) AS x
    FROM calibration_deals()
    WHERE counted;
