'use strict';

// An account of either cloud as an administrator's client sees it: signed calls, and what both clouds have in common
// under one name. It knows nothing of browsers.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');

const { codeAt } = require('./totp.js');

/** The versions of the APIs. */
const VERSIONS = { ram: '2015-05-01', ims: '2019-08-15', sts: '2015-04-01', iam: '2010-05-08', awsSts: '2011-06-15' };

const PASSWORD = 'Correct-Horse-1';

function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function form(parameters) {
  const names = Object.keys(parameters).sort();
  return names.map((name) => `${encode(name)}=${encode(String(parameters[name]))}`).join('&');
}

function hmac(algorithm, key, text, as) {
  return crypto.createHmac(algorithm, key).update(text).digest(as);
}

/** A request of Alibaba Cloud's RPC style with signature 1.0. */
function signRpc(parameters, key) {
  const all = {
    ...parameters,
    Format: 'JSON',
    AccessKeyId: key.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: crypto.randomUUID(),
    Timestamp: new Date().toISOString().replace(/\.\d+/, ''),
  };
  if (key.token) all.SecurityToken = key.token;
  all.Signature = hmac('sha1', `${key.secret}&`, `POST&%2F&${encode(form(all))}`, 'base64');
  return { body: form(all), headers: {} };
}

/** A request of AWS's query protocol with Signature Version 4. */
function signQuery(parameters, key, service, host) {
  const body = form(parameters);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = { host, 'x-amz-date': time };
  if (key.token) headers['x-amz-security-token'] = key.token;
  const names = Object.keys(headers).sort();
  const canonical = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const hash = (text) => crypto.createHash('sha256').update(text).digest('hex');
  const request = ['POST', '/', '', canonical, names.join(';'), hash(body)].join('\n');
  const scope = `${time.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const steps = scope.split('/');
  const signing = steps.reduce((so, part) => hmac('sha256', so, part), `AWS4${key.secret}`);
  const signature = hmac('sha256', signing, ['AWS4-HMAC-SHA256', time, scope, hash(request)].join('\n'), 'hex');
  const credential = `Credential=${key.id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  delete headers.host;
  return { body, headers: { ...headers, Authorization: `AWS4-HMAC-SHA256 ${credential}` } };
}

class Account {
  constructor(server, made) {
    this.server = server;
    this.cloud = made.cloud;
    this.id = made.id;
    this.domain = made.domain;
    this.root = { id: made.root.access_key_id, secret: made.root.access_key_secret };
    this.isAlibaba = this.cloud === 'alibaba';
  }

  /** One call, whatever comes of it. */
  async attempt(api, action, parameters = {}, key = this.root) {
    const version = !this.isAlibaba && api === 'sts' ? VERSIONS.awsSts : VERSIONS[api];
    const all = { ...parameters, Action: action, Version: version };
    const signed = this.isAlibaba ? signRpc(all, key) : signQuery(all, key, api, this.server.endpoint);
    const headers = { ...signed.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${this.server.origin}/`, { method: 'POST', headers, body: signed.body });
    return { status: answer.status, text: await answer.text() };
  }

  /** A call that has to succeed: its JSON, or its XML. */
  async call(api, action, parameters, key) {
    const { status, text } = await this.attempt(api, action, parameters, key);
    assert.equal(status, 200, `${action}: ${text}`);
    return this.isAlibaba ? JSON.parse(text) : text;
  }

  /** A call to RAM or to IAM. */
  users(action, parameters, key) {
    return this.call(this.isAlibaba ? 'ram' : 'iam', action, parameters, key);
  }

  /** The name that a person signs in with. */
  logonName(user) {
    return this.isAlibaba ? `${user}@${this.domain}` : user;
  }

  async user(name, more = {}) {
    await this.users('CreateUser', { UserName: name, ...more });
    return name;
  }

  /** A user who may sign in to the console. */
  async consoleUser(name, more = {}, password = PASSWORD) {
    await this.user(name);
    await this.users('CreateLoginProfile', { UserName: name, Password: password, ...more });
    return name;
  }

  /** Attaches a policy of the cloud's, or one of the account's own. */
  attach(user, policy, own = false) {
    if (this.isAlibaba) {
      const type = own ? 'Custom' : 'System';
      return this.users('AttachPolicyToUser', { UserName: user, PolicyName: policy, PolicyType: type });
    }
    return this.users('AttachUserPolicy', { UserName: user, PolicyArn: this.policyArn(policy, own) });
  }

  policyArn(policy, own) {
    return `arn:aws:iam::${own ? this.id : 'aws'}:policy/${policy}`;
  }

  /** A user who may do everything. */
  async admin(name = 'admin') {
    await this.consoleUser(name);
    await this.attach(name, 'AdministratorAccess');
    return name;
  }

  /** A document that permits an action. */
  document(action) {
    const statement = [{ Effect: 'Allow', Action: action, Resource: '*' }];
    return JSON.stringify({ Version: this.isAlibaba ? '1' : '2012-10-17', Statement: statement });
  }

  /** A trust policy for this account's own users. */
  trust() {
    const principal = this.isAlibaba ? { RAM: [`acs:ram::${this.id}:root`] } : { AWS: `arn:aws:iam::${this.id}:root` };
    const statement = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }];
    return JSON.stringify({ Version: this.isAlibaba ? '1' : '2012-10-17', Statement: statement });
  }

  policy(name, document) {
    return this.users('CreatePolicy', { PolicyName: name, PolicyDocument: document });
  }

  role(name, more = {}) {
    return this.users('CreateRole', { RoleName: name, AssumeRolePolicyDocument: this.trust(), ...more });
  }

  group(name, ...members) {
    const make = this.users('CreateGroup', { GroupName: name });
    const join = (made, user) => made.then(() => this.users('AddUserToGroup', { GroupName: name, UserName: user }));
    return members.reduce(join, make);
  }

  /** An access key: its id and its secret. */
  async key(user) {
    const made = await this.users('CreateAccessKey', { UserName: user });
    if (this.isAlibaba) return { id: made.AccessKey.AccessKeyId, secret: made.AccessKey.AccessKeySecret };
    return { id: member(made, 'AccessKeyId'), secret: member(made, 'SecretAccessKey') };
  }

  /** Binds a virtual device to a user; its seed in base 32. */
  async device(user) {
    const made = await this.users('CreateVirtualMFADevice', { VirtualMFADeviceName: `${user}-device` });
    const serial = this.isAlibaba ? made.VirtualMFADevice.SerialNumber : member(made, 'SerialNumber');
    const text = this.isAlibaba ? made.VirtualMFADevice.Base32StringSeed : member(made, 'Base32StringSeed');
    const seed = this.isAlibaba ? text : Buffer.from(text, 'base64').toString();
    const now = await this.now();
    await this.users(this.isAlibaba ? 'BindMFADevice' : 'EnableMFADevice', {
      UserName: user,
      SerialNumber: serial,
      AuthenticationCode1: codeAt(seed, now),
      AuthenticationCode2: codeAt(seed, now + 30),
    });
    return seed;
  }

  /** The time in this account, in seconds. */
  async now() {
    const told = await this.server.ask('GET', `/_sesame/clock?account=${this.id}`);
    return Date.parse(told.now) / 1000;
  }

  advance(by) {
    return this.server.ask('POST', `/_sesame/clock/advance?account=${this.id}`, { by });
  }

  /** Stops this account's clock where it is. */
  async freeze() {
    const { now } = await this.server.ask('GET', `/_sesame/clock?account=${this.id}`);
    return this.server.ask('PUT', `/_sesame/clock?account=${this.id}`, { now });
  }

  /** What a sign-in without a browser comes to. */
  async signIn(user, password = PASSWORD, more = {}) {
    const body = { cloud: this.cloud, account: this.id, user, password, ...more };
    const reply = await this.server.control('POST', '/_sesame/sign-in', body);
    return reply.body;
  }

  async sessions(user) {
    const query = `account=${this.id}${user ? `&user=${user}` : ''}`;
    return (await this.server.ask('GET', `/_sesame/sessions?${query}`)).sessions;
  }
}

/** The first element of this name in XML. */
function member(xml, name) {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
  assert.ok(found, `no ${name} in ${xml}`);
  return found[1].replaceAll('&amp;', '&');
}

module.exports = { Account, PASSWORD, member };
