DROP TABLE sark.team_member;
DROP TABLE sark.user_role;
DROP TABLE sark.users;
