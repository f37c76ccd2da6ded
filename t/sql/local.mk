# t/sql
PERL_TESTS += %D%/rights.t %D%/roles.t
