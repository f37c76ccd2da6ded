SELECT oldest_program FROM sark.migration LIMIT 0;
