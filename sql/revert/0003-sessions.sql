DROP TABLE sark.session;
