DROP TABLE sark.api_key_use;
DROP TABLE sark.api_key_secret;
DROP TABLE sark.api_key;
