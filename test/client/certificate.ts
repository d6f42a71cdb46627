import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate for it, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate for a name, signed by itself: as DER by hand, since Node makes none and `openssl` may be missing. */
export function selfSigned(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(hex('06082a8648ce3d040302')); // ecdsa-with-SHA256
  const who = sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, Buffer.from(name))))); // commonName
  const validity = sequence(utcTime('200101000000Z'), utcTime('491231235959Z'));
  const names = sequence(hex('0603551d11'), der(0x04, sequence(der(0x82, Buffer.from(name))))); // subjectAltName
  const authority = sequence(hex('0603551d13'), hex('0101ff'), der(0x04, sequence(hex('0101ff')))); // CA, critical
  const toSign = sequence(
    der(0xa0, hex('020102')), // version 3
    hex('020101'),
    algorithm,
    who,
    validity,
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(names, authority)),
  );
  const signature = der(0x03, Buffer.concat([hex('00'), sign('sha256', toSign, privateKey)]));
  const body = sequence(toSign, algorithm, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
