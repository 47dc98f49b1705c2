-- A row or more of every table, as they were at migration 0016. Both engines read it, but for how bytes are written: a
-- test changes that for Postgres. Passwords are Correct-Horse-1; times are about 2026-11-22T00:00:00Z, where tests begin.

UPDATE world SET generation = 41, message_key = X'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b', certificate_authority = 'a certificate and a key' WHERE id = 'world';

INSERT INTO accounts (id, cloud, alias, generation, clock_mode, clock_micros, password_policy, security_preference, users, roles,
    mfa_devices, created_at, groups, policies, instance_profiles, server_certificates, global_token_version, seeded_from) VALUES
    ('1000000000000001', 'alibaba', 'acme', 1795219200000000, NULL, NULL, '{"minimum_length":10,"require_lowercase":false,"require_uppercase":false,"require_numbers":true,"require_symbols":false,"hard_expiry":false,"max_login_attempts":5,"reuse_prevention":3,"max_age_days":90,"minimum_distinct":0,"refuse_user_name":false,"initial_age_days":14,"refuse_risk_passwords":false,"refuse_typed_risk_passwords":true,"minimum_kinds":0,"refuse_account_name":false,"users_may_change":false,"hard_expiry_given":false,"is_set":true}', '{"save_mfa_ticket":true,"change_password":true,"manage_access_keys":false,"manage_mfa_devices":true,"manage_service_credentials":false,"manage_personal_dingtalk":true,"manage_public_keys":false,"passkey_login":true,"session_hours":8,"network_masks":"","mfa_at_login":"independent","verify_risky_login":false,"verification_types":[],"idle_days_users":730,"idle_days_access_keys":730}', 2, 1, 2, 1795219200000000, 1, 1, 0, 0, 1, '9fd4ae849d4a734ced12a296132bb903'),
    ('000000000000', 'aws', 'acme-aws', 1795219200000000, 'offset', 60000000, '{"minimum_length":12,"require_lowercase":false,"require_uppercase":false,"require_numbers":true,"require_symbols":false,"hard_expiry":false,"max_login_attempts":0,"reuse_prevention":3,"max_age_days":0,"minimum_distinct":0,"refuse_user_name":false,"initial_age_days":0,"refuse_risk_passwords":false,"refuse_typed_risk_passwords":false,"minimum_kinds":0,"refuse_account_name":false,"users_may_change":true,"hard_expiry_given":false,"is_set":true}', '{"save_mfa_ticket":false,"change_password":false,"manage_access_keys":false,"manage_mfa_devices":true,"manage_service_credentials":false,"manage_personal_dingtalk":true,"manage_public_keys":false,"passkey_login":true,"session_hours":12,"network_masks":"","mfa_at_login":"independent","verify_risky_login":false,"verification_types":[],"idle_days_users":1000000,"idle_days_access_keys":1000000}', 1, 1, 1, 1795219200000000, 1, 0, 1, 1, 2, NULL);

INSERT INTO users (account_id, id, name, name_key, display_name, comments, email, mobile_phone, created_at, updated_at, last_login_at,
    path, permissions_boundary) VALUES
    ('1000000000000001', '230884941188140264', 'Alice', 'alice', 'Alice Ångström', 'It''s her', 'alice@example.com', '86-18600008888', 1795219200000000, 1795219200000001, 1795302000000000, '/', NULL),
    ('1000000000000001', '229496863224854935', 'bob', 'bob', 'bob', '', '', '', 1795219200000000, 1795219200000000, NULL, '/', NULL),
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 'carol', 'carol', 'carol', '', '', '', 1795219200000000, 1795219200000000, NULL, '/staff/', 'arn:aws:iam::aws:policy/PowerUserAccess');

INSERT INTO roles (account_id, id, name, name_key, description, trust_policy, max_session_seconds, console_login_allowed, created_at,
    updated_at, path, permissions_boundary, service_name, last_used_at, last_used_region) VALUES
    ('1000000000000001', '375286817887339446', 'ops', 'ops', 'Night shift', '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1000000000000001:user/Alice"]}}]}', 3600, TRUE, 1795219200000000, 1795219200000000, '/', NULL, NULL, NULL, NULL),
    ('000000000000', 'AROAEXAMPLEAAAAAAAAA2', 'Deploy', 'deploy', '', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}', 7200, TRUE, 1795219200000000, 1795219200000000, '/x/', 'arn:aws:iam::aws:policy/ReadOnlyAccess', 'ec2.amazonaws.com', 1795302000000000, 'us-east-1');

INSERT INTO user_groups (account_id, id, name, name_key, path, display_name, comments, created_at, updated_at) VALUES
    ('1000000000000001', '7568827743439517384', 'Developers', 'developers', '/', '', 'Everyone who writes code', 1795219200000000, 1795219200000000),
    ('000000000000', 'AGPAEXAMPLEAAAAAAAAA2', 'admins', 'admins', '/a/', '', '', 1795219200000000, 1795219200000000);

INSERT INTO group_members (account_id, group_id, user_id, joined_at) VALUES
    ('1000000000000001', '7568827743439517384', '230884941188140264', 1795219200000002),
    ('1000000000000001', '7568827743439517384', '229496863224854935', 1795219200000003),
    ('000000000000', 'AGPAEXAMPLEAAAAAAAAA2', 'AIDAEFNPD637GF57JHST4', 1795219200000000);

INSERT INTO tags (account_id, owner_kind, owner_id, key, value) VALUES
    ('1000000000000001', 'user', '230884941188140264', 'team', 'blue'),
    ('1000000000000001', 'role', '375286817887339446', 'team', ''),
    ('000000000000', 'user', 'AIDAEFNPD637GF57JHST4', 'Team', 'green');

INSERT INTO login_profiles (account_id, user_id, status, password_reset_required, mfa_bind_required, password_hash, password_set_at,
    password_initial, password_expires_at, initial_expires_at, auto_disabled, idle_since, failed_attempts, locked_until,
    last_login_at, last_login_address, created_at, updated_at) VALUES
    ('1000000000000001', '230884941188140264', 'Active', FALSE, TRUE, '$argon2id$v=19$m=1024,t=1,p=1$1VMJ+dAMZHR6KHhr6mVyZg$WNkAI+X/fpZRanAfezhLEeYiJrngrY6oVq1QyIuDCjY', 1795219200000000, FALSE, 1802995200000000, NULL, FALSE, 1795302000000000, 2, 1795298400000000, 1795302000000000, '192.0.2.7', 1795219200000000, 1795219200000000),
    ('1000000000000001', '229496863224854935', 'Inactive', TRUE, FALSE, NULL, NULL, FALSE, NULL, NULL, TRUE, 1795219200000000, 0, NULL, NULL, NULL, 1795219200000000, 1795219200000000),
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 'Active', FALSE, FALSE, '$argon2id$v=19$m=1024,t=1,p=1$BNXzVJPPao6p4GC6Ga9JaA$nseP2AO0lkvl3z8gvR9nHWJDqMqfBhU+dv67fGGMyDo', 1795219200000000, TRUE, NULL, 1795392000000000, FALSE, 1795219200000000, 0, NULL, NULL, NULL, 1795219200000000, 1795219200000000);

INSERT INTO password_history (account_id, user_id, ordinal, password_hash) VALUES
    ('1000000000000001', '230884941188140264', 1, '$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    ('1000000000000001', '230884941188140264', 2, '$argon2id$v=19$m=1024,t=1,p=1$1VMJ+dAMZHR6KHhr6mVyZg$WNkAI+X/fpZRanAfezhLEeYiJrngrY6oVq1QyIuDCjY'),
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 1, '$argon2id$v=19$m=1024,t=1,p=1$BNXzVJPPao6p4GC6Ga9JaA$nseP2AO0lkvl3z8gvR9nHWJDqMqfBhU+dv67fGGMyDo');

INSERT INTO access_keys (id, account_id, user_id, secret, status, seeded, created_at, updated_at, last_used_at, last_used_service,
    last_used_region) VALUES
    ('LTAIexampleAlice0001', '1000000000000001', '230884941188140264', 'alice-secret-for-tests', 'Active', FALSE, 1795219200000000, 1795219200000000, 1795302000000000, 'Ims', ''),
    ('LTAIexampleAlice0002', '1000000000000001', '230884941188140264', '', 'Deleted', FALSE, 1795219200000000, 1795302000000000, NULL, NULL, NULL),
    ('AKIAEXAMPLECAROL0001', '000000000000', 'AIDAEFNPD637GF57JHST4', 'carol-secret-for-tests', 'Inactive', FALSE, 1795219200000000, 1795219200000000, NULL, NULL, NULL),
    ('AKIAEXAMPLEROOT00001', '000000000000', NULL, 'root-secret-for-tests', 'Active', TRUE, 1795219200000000, 1795219200000000, 1795302000000000, 'iam', 'us-east-1');

INSERT INTO mfa_devices (account_id, name, name_key, seed, user_id, bound_at, last_step, created_at, path, used_before, last_pair, drift) VALUES
    ('1000000000000001', 'alice-phone', 'alice-phone', X'48656c6c6f21deadbeef48656c6c6f21deadbeef', '230884941188140264', 1795219200000000, 59843000, 1795219200000000, '/', 5, 0, 0),
    ('1000000000000001', 'spare', 'spare', X'00ff', NULL, NULL, 0, 1795219200000000, '/', 0, 0, 0),
    ('000000000000', 'Key', 'key', X'48656c6c6f21deadbeef48656c6c6f21deadbeef', 'AIDAEFNPD637GF57JHST4', 1795219200000000, 1, 1795219200000000, '/staff/', -1, 7, -3);

INSERT INTO mfa_tickets (ticket_hash, account_id, user_id, device_name, device_bound_at, password_print, expires_at, forget_at) VALUES
    ('14069429150abcbf244c4c2fb2c4c46a49c93ca9457263ecd9ebb176de3a58bb', '1000000000000001', '230884941188140264', 'alice-phone', 1795219200000000, 'ce953a0eb08246617b7f849486c4b26a7af37e9d2e8f0e13b3ae1bf0da8a70a2', 1795824000000000, 1797897600000000);

INSERT INTO ssh_public_keys (account_id, user_id, id, body, wire, fingerprint, status, uploaded_at) VALUES
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 'APKAEXAMPLEAAAAAAAAA2', 'ssh-rsa AAAA carol', X'000000077373682d727361', '00:11:22', 'Active', 1795302000000000);

INSERT INTO signing_certificates (account_id, user_id, id, body, status, uploaded_at) VALUES
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 'EXAMPLECERTIFICATEAAAAAAAAAAAAA', '-----BEGIN CERTIFICATE-----', 'Inactive', 1795302000000000);

INSERT INTO service_credentials (account_id, user_id, id, service, alias, secret_hash, status, created_at, expires_at) VALUES
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 'ACCAEXAMPLEAAAAAAAAA2', 'codecommit.amazonaws.com', 'carol-at-000000000000', '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b', 'Active', 1795302000000000, NULL),
    ('000000000000', 'AIDAEFNPD637GF57JHST4', 'ACCAEXAMPLEAAAAAAAAA3', 'bedrock.amazonaws.com', '', 'd9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa', 'Inactive', 1795302000000000, 1795392000000000);

INSERT INTO server_certificates (account_id, id, name, name_key, path, body, chain, uploaded_at, expires_at) VALUES
    ('000000000000', 'ASCAEXAMPLEAAAAAAAAA2', 'Site', 'site', '/cloudfront/', '-----BEGIN CERTIFICATE-----', 'chain', 1795302000000000, 1795392000000000);

INSERT INTO policies (account_id, id, name, name_key, path, description, default_version, last_version, created_at, updated_at) VALUES
    ('1000000000000001', '323611358190186702', 'Read-Buckets', 'read-buckets', '/', 'Look into all buckets', 2, 3, 1795219200000000, 1795302000000000);

INSERT INTO policy_versions (account_id, policy_id, number, document, created_at) VALUES
    ('1000000000000001', '323611358190186702', 1, '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:Get*","Resource":"*"}]}', 1795219200000000),
    ('1000000000000001', '323611358190186702', 2, '{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:Get*","oss:List*"],"Resource":"*"}]}', 1795302000000000);

INSERT INTO policy_attachments (account_id, owner_kind, owner_id, policy_arn, policy_name, policy_key, policy_path, attached_at) VALUES
    ('1000000000000001', 'group', '7568827743439517384', 'acs:ram::1000000000000001:policy/Read-Buckets', 'Read-Buckets', 'read-buckets', '/', 1795219200000000),
    ('1000000000000001', 'user', '230884941188140264', 'acs:ram::system:policy/AliyunRAMReadOnlyAccess', 'AliyunRAMReadOnlyAccess', 'aliyunramreadonlyaccess', '', 1795219200000000);

INSERT INTO policy_uses (account_id, policy_arn, attachments) VALUES
    ('1000000000000001', 'acs:ram::1000000000000001:policy/Read-Buckets', 1),
    ('1000000000000001', 'acs:ram::system:policy/AliyunRAMReadOnlyAccess', 1);

INSERT INTO inline_policies (account_id, owner_kind, owner_id, name, name_key, document, size, created_at, updated_at) VALUES
    ('000000000000', 'user', 'AIDAEFNPD637GF57JHST4', 'List-Users', 'list-users', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}', 97, 1795219200000000, 1795219200000000);

INSERT INTO instance_profiles (account_id, id, name, name_key, path, role_id, created_at) VALUES
    ('000000000000', 'AIPAEXAMPLEAAAAAAAAA2', 'Web', 'web', '/', 'AROAEXAMPLEAAAAAAAAA2', 1795219200000000);

INSERT INTO role_deletions (account_id, task_id) VALUES
    ('000000000000', 'task/aws-service-role/x/1');

INSERT INTO oidc_providers (account_id, id, name, issuer, client_ids, thumbprints, description, issuance_limit_hours, jwks, signing_key_id,
    signing_key, created_at, updated_at) VALUES
    ('1000000000000001', '1', 'idp', 'https://idp.example', '["one"]', '["00"]', '', 12, NULL, 'k', X'01', 1795219200000000, 1795219200000000);

INSERT INTO saml_providers (account_id, id, name, name_key, description, metadata, encryption_required, private_keys, valid_until,
    created_at, updated_at, request_signing) VALUES
    ('1000000000000001', '2', 'Saml', 'saml', '', '<x/>', FALSE, '[]', 1795392000000000, 1795219200000000, 1795219200000000, 'rsa-sha1');

INSERT INTO sessions (id, account_id, kind, user_id, user_name, role_id, role_name, session_name, source_identity, parent_id,
    access_key_id, secret, token_hash, session_policy, mfa_present, source_address, started_at, expires_at, ended_at,
    ended_because, context, cookie_hash) VALUES
    ('11111111-1111-4111-8111-111111111111', '1000000000000001', 'console', '230884941188140264', 'Alice', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TRUE, '192.0.2.7', 1795302000000000, 1795330800000000, NULL, NULL, NULL, '0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a'),
    ('22222222-2222-4222-8222-222222222222', '1000000000000001', 'role', '230884941188140264', 'Alice', '375286817887339446', 'ops', 'night', 'boss', '11111111-1111-4111-8111-111111111111', 'STS.exampleNight00000000', 'night-secret-for-tests', '5b2a60db62a6ad8ad82353064844b46302659ac84c7d715c9dc74778673f8a03', '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:Get*","Resource":"*"}]}', FALSE, '192.0.2.7', 1795302000000000, 1795309200000000, NULL, NULL, NULL, NULL),
    ('33333333-3333-4333-8333-333333333333', '000000000000', 'console', 'AIDAEFNPD637GF57JHST4', 'carol', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, '192.0.2.8', 1795273200000000, 1795309200000000, 1795276800000000, 'signed-out', NULL, NULL);

INSERT INTO sign_in_grants (token_hash, kind, account_id, session_id, client_id, redirect_uri, challenge, key_thumbprint, password_print,
    session_seconds, expires_at, spent_at, forget_at) VALUES
    ('3492ad65d05a973fef8c825521eeb41ae64625a672a8aeeeabc696e16d62a020', 'refresh', '1000000000000001', '11111111-1111-4111-8111-111111111111', 'client', NULL, NULL, NULL, 'ce953a0eb08246617b7f849486c4b26a7af37e9d2e8f0e13b3ae1bf0da8a70a2', NULL, 1795330800000000, NULL, 1797897600000000);

INSERT INTO device_authorizations (device_hash, user_code, client_id, challenge, state, session_id, expires_at, polled_at, polled_really_at,
    forget_at) VALUES
    ('263a4dbe41488fb87214b0032339dbb9f0c8da14c16dfcf13084bf3c2552eca5', 'BCDFGHJK', 'client', '2dd00bd77e0222ced882665481a9c1d9f907309d16e', 'approved', '11111111-1111-4111-8111-111111111111', 1795306200000000, 1795305600000000, 1795305600000000, 1797897600000000);

INSERT INTO credential_reports (account_id, content, started_at, ready_at) VALUES
    ('000000000000', 'user,arn', 1795302000000000, 1795302002000000);

INSERT INTO service_access (account_id, principal_kind, principal_id, service, at, region) VALUES
    ('000000000000', 'user', 'AIDAEFNPD637GF57JHST4', 'iam', 1795302000000000, 'us-east-1');

INSERT INTO access_reports (account_id, id, owner, report, created_at) VALUES
    ('000000000000', '44444444-4444-4444-8444-444444444444', 'arn:aws:iam::000000000000:root', '{}', 1795302000000000);

INSERT INTO nonces (access_key_id, nonce, forget_at) VALUES
    ('LTAIexampleAlice0001', 'once', 1795309200000000);

INSERT INTO snapshots (name, account_id, document, size, created_at) VALUES
    ('before', '1000000000000001', '{}', 2, 1795302000000000);

INSERT INTO faults (id, position, rule, remaining, hits, created_at) VALUES
    ('55555555-5555-4555-8555-555555555555', 1, '{"match":{"account":"none"},"fault":{"drop":true},"times":3}', 2, 1, 1795302000000000);
