def ledger_lines(deals, accounts, histories):
    return ""
