-- How the requests that a SAML provider gets are signed.
ALTER TABLE saml_providers ADD COLUMN request_signing TEXT NOT NULL DEFAULT 'rsa-sha1';
