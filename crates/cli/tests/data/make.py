"""Makes the key files of this folder, with OpenSSL, node, ssh-keygen and Python's cryptography.

Usage: python3 make.py, in this folder. Needs `pip install cryptography`.
"""

import base64
import datetime
import json
import pathlib
import random
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

HERE = pathlib.Path(__file__).parent
ACCEPTED, REFUSED, WARNED = HERE / "accepted", HERE / "refused", HERE / "warned"
PASSWORD = "pass:password"


def run(*command, data=None):
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


def openssl(*arguments, data=None):
    return run("openssl", *map(str, arguments), data=data)


def node(script, data):
    """Runs a script that receives `pem` and `crypto` and returns what it writes."""
    head = "const crypto = require('crypto'); const pem = require('fs').readFileSync(0, 'utf8');"
    return run("node", "-e", head + script, data=data)


def base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value, size=None):
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def write(folder, name, content):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def token(alg, key):
    """Returns a token with `kid` 1, signed by `cryptography`."""
    claims = {"iss": "https://op", "sub": "s", "aud": "us", "iat": 1750000000, "exp": 4102444800}
    parts = [json.dumps(part).encode() for part in ({"alg": alg, "kid": "1"}, claims)]
    text = ".".join(map(base64url, parts)).encode()
    if alg == "RS256":
        signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    elif alg == "PS256":
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        signature = key.sign(text, pss, hashes.SHA256())
    else:
        sha, size = {"ES256": (hashes.SHA256(), 32), "ES512": (hashes.SHA512(), 66)}[alg]
        r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(sha)))
        signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return text.decode() + "." + base64url(signature)


def certificate(key, days=36500):
    return openssl("req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=test",
                   "-days", days, data=key)


def short_p521():
    """Returns a P-521 key of which only x starts with a zero byte."""
    while True:
        key = ec.generate_private_key(ec.SECP521R1())
        numbers = key.public_key().public_numbers()
        if numbers.x.bit_length() <= 512 and numbers.y.bit_length() == 521:
            return key, numbers


def roca_modulus():
    """Returns a modulus as the weak generator made them: primes k * M + (65537^a mod M)."""
    m, found = 1, 0
    candidate = 2
    while found < 126:
        if all(candidate % d for d in range(2, int(candidate**0.5) + 1)):
            m, found = m * candidate, found + 1
        candidate += 1

    def prime():
        while True:
            k = random.randrange(2**1023 // m, 2**1024 // m)
            p = k * m + pow(65537, random.randrange(2**64), m)
            if p.bit_length() == 1024 and p >> 1022 == 3 and pow(2, p - 1, p) == 1:
                return p

    return prime() * prime()


def jwk_set(*keys):
    return json.dumps({"keys": keys}, indent=1)


def main():
    rsa_key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    ec_key = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    pss_key = openssl("genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
    load = lambda pem: serialization.load_pem_private_key(pem, None)
    p521_key, p521 = short_p521()
    for name, alg, key in [("rsa", "RS256", load(rsa_key)), ("p256", "ES256", load(ec_key)),
                           ("p521", "ES512", p521_key)]:
        write(HERE, f"{name}.jwt", token(alg, key))
    # OpenSSL marks the key as one for RSASSA-PSS only.
    write(HERE, "pss.jwt", token("PS256", load(pss_key)))

    # Accepted, made by OpenSSL.
    public = lambda key, *more: openssl("pkey", "-pubout", *more, data=key)
    spki = public(rsa_key)
    write(ACCEPTED, "rsa-openssl-spki.pem", spki)
    write(ACCEPTED, "rsa-openssl-spki.der", public(rsa_key, "-outform", "DER"))
    pkcs1 = openssl("rsa", "-RSAPublicKey_out", data=rsa_key)
    write(ACCEPTED, "rsa-openssl-pkcs1.pem", pkcs1)
    write(ACCEPTED, "rsa-openssl-pkcs1.der",
          openssl("rsa", "-RSAPublicKey_out", "-outform", "DER", data=rsa_key))
    rsa_certificate, ec_certificate = certificate(rsa_key), certificate(ec_key)
    write(ACCEPTED, "rsa-openssl-certificate.pem", rsa_certificate)
    write(ACCEPTED, "rsa-openssl-certificate.der",
          openssl("x509", "-outform", "DER", data=rsa_certificate))
    write(ACCEPTED, "rsa-openssl-certificate-text.pem",
          openssl("x509", "-text", data=rsa_certificate))
    write(ACCEPTED, "rsa-openssl-chain.pem", rsa_certificate + ec_certificate)
    write(ACCEPTED, "rsa-key-and-certificate.pem", rsa_key + rsa_certificate)
    write(ACCEPTED, "rsa-crlf.pem", spki.replace(b"\n", b"\r\n"))
    write(ACCEPTED, "rsa-byte-order-mark.pem", b"\xef\xbb\xbf" + spki)
    write(ACCEPTED, "rsa-indented.pem", b"\n\n" + spki.replace(b"\n", b"  \n  "))
    write(ACCEPTED, "p256-openssl-spki.pem", public(ec_key))
    write(ACCEPTED, "p256-openssl-spki.der", public(ec_key, "-outform", "DER"))
    write(ACCEPTED, "p256-openssl-compressed.pem",
          public(ec_key, "-ec_conv_form", "compressed"))
    write(ACCEPTED, "p256-openssl-certificate.pem", ec_certificate)
    write(ACCEPTED, "p256-openssl-parameters.pem",
          openssl("ecparam", "-name", "prime256v1") + public(ec_key))
    write(ACCEPTED, "pss-openssl-spki.pem", public(pss_key))
    write(ACCEPTED, "pss-openssl-certificate.pem", certificate(pss_key))

    # Accepted, made by node.
    jwk = "crypto.createPublicKey(pem).export({format: 'jwk'})"
    rsa_jwk = json.loads(node(f"console.log(JSON.stringify({jwk}))", spki))
    ec_jwk = json.loads(node(f"console.log(JSON.stringify({jwk}))", public(ec_key)))
    write(ACCEPTED, "rsa-node.jwk", json.dumps(rsa_jwk))
    write(ACCEPTED, "p256-node.jwk", json.dumps(ec_jwk))
    write(ACCEPTED, "rsa-node.jwks", jwk_set({**ec_jwk, "kid": "2"}, {**rsa_jwk, "kid": "1"}))
    write(ACCEPTED, "rsa-node-pkcs1.der", node(
        "process.stdout.write(crypto.createPublicKey(pem).export({type: 'pkcs1', format: 'der'}))",
        spki))
    write(ACCEPTED, "p256-node-spki.pem", node(
        "process.stdout.write(crypto.createPublicKey(pem).export({type: 'spki', format: 'pem'}))",
        public(ec_key)))

    # Accepted, made by Python's cryptography.
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    pkcs1_form = serialization.PublicFormat.PKCS1
    write(ACCEPTED, "rsa-cryptography-spki.pem", load(rsa_key).public_key().public_bytes(pem, info))
    write(ACCEPTED, "p256-cryptography-spki.der", load(ec_key).public_key().public_bytes(der, info))
    write(ACCEPTED, "rsa-cryptography-pkcs1.pem",
          load(rsa_key).public_key().public_bytes(pem, pkcs1_form))
    write(ACCEPTED, "p521-cryptography-spki.pem", p521_key.public_key().public_bytes(pem, info))

    # Accepted, in the shapes that providers publish.
    bare = base64.b64encode(public(rsa_key, "-outform", "DER")).decode()
    write(ACCEPTED, "rsa-keycloak-realm.json", json.dumps({
        "realm": "demo", "public_key": bare, "tokens-not-before": 0,
        "token-service": "https://op/realms/demo/protocol/openid-connect",
        "account-service": "https://op/realms/demo/account"}))
    write(ACCEPTED, "rsa-pem-member.json", json.dumps({"public_key": spki.decode()}))
    write(ACCEPTED, "rsa-google-certificates.json", json.dumps(
        {"2": ec_certificate.decode(), "1": rsa_certificate.decode()}, indent=2))
    write(ACCEPTED, "p256-map-of-keys.json", json.dumps(
        {"1": public(ec_key).decode(), "2": spki.decode()}))
    x5c = base64.b64encode(openssl("x509", "-outform", "DER", data=rsa_certificate)).decode()
    write(ACCEPTED, "rsa-x5c-only.jwks", jwk_set({"kty": "RSA", "kid": "1", "x5c": [x5c]}))
    write(ACCEPTED, "rsa-entra.jwks", jwk_set(
        {"kty": "RSA", "use": "sig", "kid": "1", "x5t": "abc", "n": rsa_jwk["n"],
         "e": rsa_jwk["e"], "x5c": [x5c], "issuer": "https://op"}))

    # Coordinates without leading zeros, as Rhonabwy writes them.
    write(HERE, "p521-short-coordinate.jwk", json.dumps(
        {"kty": "EC", "crv": "P-521", "x": number(p521.x), "y": number(p521.y)}))

    # Refused: private keys.
    pkcs8 = lambda key, *more: openssl("pkcs8", "-topk8", *more, data=key)
    aes = ("-v2", "aes-256-cbc", "-passout", PASSWORD)
    write(REFUSED, "private-pkcs8.pem", pkcs8(rsa_key, "-nocrypt"))
    write(REFUSED, "private-pkcs8.der", pkcs8(rsa_key, "-nocrypt", "-outform", "DER"))
    write(REFUSED, "private-pkcs1.pem", openssl("rsa", "-traditional", data=rsa_key))
    write(REFUSED, "private-pkcs1.der",
          openssl("rsa", "-traditional", "-outform", "DER", data=rsa_key))
    write(REFUSED, "private-sec1.pem", openssl("ecparam", "-name", "prime256v1")
          + openssl("ec", data=ec_key))
    write(REFUSED, "private-sec1.der", openssl("ec", "-outform", "DER", data=ec_key))
    write(REFUSED, "private-encrypted.pem", pkcs8(ec_key, *aes))
    write(REFUSED, "private-encrypted.der", pkcs8(ec_key, *aes, "-outform", "DER"))
    write(REFUSED, "private-encrypted-pkcs1.pem", openssl(
        "rsa", "-traditional", "-aes128", "-passout", PASSWORD, data=rsa_key))
    ssh = REFUSED / "openssh-private"
    ssh.unlink(missing_ok=True)
    run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "test", "-f", str(ssh))
    (REFUSED / "openssh-private.pub").rename(REFUSED / "openssh.pub")
    write(REFUSED, "rfc4716.pub", run("ssh-keygen", "-e", "-f", str(REFUSED / "openssh.pub")))

    # Refused: other containers.
    ec_file = REFUSED / "key.tmp"
    ec_file.write_bytes(ec_key)
    write(REFUSED, "pkcs12.p12", openssl("pkcs12", "-export", "-inkey", ec_file, "-passout",
                                         PASSWORD, data=ec_certificate))
    ec_file.unlink()
    write(REFUSED, "pkcs7.pem", openssl("crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin",
                                        data=ec_certificate))
    write(REFUSED, "pkcs7.der", openssl("crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin",
                                        "-outform", "DER", data=ec_certificate))
    request = ("req", "-new", "-key", "/dev/stdin", "-subj", "/CN=test")
    write(REFUSED, "request.pem", openssl(*request, data=ec_key))
    write(REFUSED, "request.der", openssl(*request, "-outform", "DER", data=ec_key))
    now = datetime.datetime(2025, 1, 1)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    revoked = x509.CertificateRevocationListBuilder(name, now, now)
    revoked = revoked.sign(load(ec_key), hashes.SHA256())
    write(REFUSED, "revocation-list.pem", revoked.public_bytes(pem))
    write(REFUSED, "revocation-list.der", revoked.public_bytes(der))

    # Refused: texts that are damaged or are something else.
    key = public(ec_key).decode()
    lines = key.splitlines()
    write(REFUSED, "literal-line-breaks.pem", key.replace("\n", "\\n"))
    write(REFUSED, "one-line.pem", "".join(lines))
    write(REFUSED, "no-begin.pem", "\n".join(lines[1:]))
    write(REFUSED, "no-end.pem", "\n".join(lines[:-1]))
    write(REFUSED, "base64.txt", "\n".join(lines[1:-1]))
    write(REFUSED, "unknown-label.pem", key.replace("PUBLIC KEY", "PGP PUBLIC KEY BLOCK"))
    write(REFUSED, "utf-16.pem", key.encode("utf-16"))
    write(REFUSED, "utf-16.jwk", json.dumps(ec_jwk).encode("utf-16-le"))
    write(REFUSED, "byte-order-mark.jwk", b"\xef\xbb\xbf" + json.dumps(ec_jwk).encode())
    write(REFUSED, "truncated.der", public(rsa_key, "-outform", "DER")[:200])
    write(REFUSED, "error-page.html", "<!doctype html>\n<title>404 Not Found</title>\n")
    write(REFUSED, "token.jwt", (HERE / "p256.jwt").read_bytes())
    write(REFUSED, "secret.txt", "a secret of at least 32 bytes, for HS256")
    write(REFUSED, "empty.pem", "")

    # Listed with a warning.
    jwk = "crypto.createPrivateKey(pem).export({format: 'jwk'})"
    write(WARNED, "private.jwk", node(f"console.log(JSON.stringify({jwk}))", rsa_key))
    modulus = roca_modulus()
    weak = rsa.RSAPublicNumbers(65537, modulus).public_key()
    write(WARNED, "roca.pem", weak.public_bytes(pem, info))
    write(WARNED, "roca.jwk", json.dumps({"kty": "RSA", "n": number(modulus), "e": "AQAB"}))
    old = datetime.datetime(2020, 1, 1)
    builder = x509.CertificateBuilder(name, name, load(ec_key).public_key(), 1, old,
                                      old + datetime.timedelta(days=30))
    expired = builder.sign(load(ec_key), hashes.SHA256())
    write(WARNED, "expired.pem", expired.public_bytes(pem))
    write(WARNED, "expired.der", expired.public_bytes(der))
    write(WARNED, "expired-x5c.jwk", json.dumps(
        {**ec_jwk, "x5c": [base64.b64encode(expired.public_bytes(der)).decode()]}))
    write(WARNED, "expired.json", json.dumps(
        {"1": rsa_certificate.decode(), "2": expired.public_bytes(pem).decode()}))
    write(WARNED, "duplicate.jwks", jwk_set(
        {**ec_jwk, "kid": "1"}, {**rsa_jwk, "kid": "1"}, {**rsa_jwk, "kid": "2"}))


if __name__ == "__main__":
    main()
