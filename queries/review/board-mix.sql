-- figure:     board-mix
-- title:      Whom the board speaks for
-- question:   Is the advisory board made up like our customers, or whom do we not hear?
-- curriculum: M8.5
-- source:     domain M8.5 Bias: segment mix of the board against the customer base
-- grain:      one row per value of the dimension (region or segment; all for any other)
-- needs:      opportunities
-- parameters:
--   as_of     date   customers and members on this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   slice          text    value of the dimension
--   verdict        state   missing: nobody speaks for it; under or over: by board_mix_points or more; fits; no
--                          board: nobody is on it
--   members        count   accounts on the board
--   board          count   accounts on the board in all slices
--   member_share   rate(members/board)  NULL: nobody is on it
--   customers      count   accounts that have bought, or are listed as customers, and are not lost
--   base           count   customers in all slices
--   customer_share  rate(customers/base)  NULL: there are none
--   difference     points  share of the board - share of the customers; NULL: one of them is empty
--   revenue        money   won from these customers in 365 days
--   revenue_share  share   of what was won from all; NULL: nothing was
--   not_customers  count   of the members, those that are no customers: friends, prospects
-- chart:      bar label=slice value=member_share reference=customer_share

WITH customers AS (
    SELECT
        *,
        slice_of(region, segment, NULL, NULL, NULL) AS slice
    FROM customers_at()
),

members AS (
    SELECT
        lower(trim(member.account)) AS account,
        arg_min(
            slice_of(
                coalesce(member.region, customer.region, listed.region),
                coalesce(member.segment, customer.segment, listed.segment),
                NULL, NULL, NULL
            ),
            member.record_id
        ) AS slice,
        bool_or(customer.account IS NOT NULL) AS customer
    FROM record_board_member AS member
    LEFT JOIN customers AS customer ON lower(trim(customer.account)) = lower(trim(member.account))
    LEFT JOIN facts.account AS listed
        ON lower(trim(listed.name)) = lower(trim(member.account))
    WHERE member.state = 'member'
        AND member.account IS NOT NULL
    GROUP BY lower(trim(member.account))
),

by_slice AS (
    SELECT
        slice,
        count(*) FILTER (is_member) AS members,
        count(*) FILTER (is_member AND NOT customer) AS not_customers,
        count(*) FILTER (NOT is_member) AS customers,
        sum(revenue) AS revenue
    FROM (
        SELECT slice, true AS is_member, customer, NULL AS revenue FROM members
        UNION ALL
        SELECT slice, false AS is_member, true AS customer, revenue FROM customers
    )
    GROUP BY slice
),

shared AS (
    SELECT
        *,
        CAST(sum(members) OVER () AS BIGINT) AS board,
        CAST(sum(customers) OVER () AS BIGINT) AS base,
        sum(revenue) OVER () AS all_revenue
    FROM by_slice
),

compared AS (
    SELECT
        *,
        rate_of(members, board) - rate_of(customers, base) AS difference,
        CAST(assumption('board_mix_points', '*', as_of()) AS DOUBLE) AS points
    FROM shared
)

SELECT
    slice,
    CASE
        WHEN board = 0 THEN 'no board'
        WHEN members = 0 THEN 'missing'
        WHEN difference <= -points + 1e-9 THEN 'under'
        WHEN difference >= points - 1e-9 THEN 'over'
        ELSE 'fits'
    END AS verdict,
    members,
    board,
    rate_of(members, board) AS member_share,
    customers,
    base,
    rate_of(customers, base) AS customer_share,
    difference,
    CAST(revenue AS DECIMAL(18, 2)) AS revenue,
    share_of(revenue, all_revenue) AS revenue_share,
    not_customers
FROM compared
ORDER BY difference NULLS LAST, slice = not_set(), slice
