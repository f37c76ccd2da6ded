DROP TABLE sark.tool_sensitivity;
DROP TABLE sark.tool;
DROP TABLE sark.server;
