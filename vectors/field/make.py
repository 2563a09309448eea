"""Makes `material.json`: the keys, certificates and tokens that the cases of this folder name.

Every run makes the same file. The private keys are no secrets: those of RFC 7515 are published, and
the others follow from their names. Certificates are signed with Ed25519 and tokens with the
deterministic ECDSA of RFC 6979.

    pip install -r vectors/field/requirements.txt && python vectors/field/make.py
"""

import base64
import datetime
import hashlib
import json
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils
from cryptography.x509.oid import NameOID

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import b64u, compact, unb64u

CURVES = {"P-256": (ec.SECP256R1(), 32, "ES256", hashes.SHA256()),
          "P-384": (ec.SECP384R1(), 48, "ES384", hashes.SHA384()),
          "P-521": (ec.SECP521R1(), 66, "ES512", hashes.SHA512())}
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
CLAIMS = compact({"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True})


def published(path, name):
    """Returns a case of another folder, whose values are those of an RFC."""
    with open(os.path.join(os.path.dirname(HERE), path), encoding="utf-8") as f:
        return next(c for c in json.load(f)["cases"] if c["name"] == name)


# ---- keys ---------------------------------------------------------------------------------------

def seeded(curve, seed, wanted=lambda x, y: True):
    """Returns the first key whose coordinates are `wanted`, among those that follow from `seed`."""
    parameters, size = CURVES[curve][:2]
    for number in range(100000):
        digest = hashlib.sha512(f"{seed} {number}".encode()).digest()
        key = ec.derive_private_key(int.from_bytes(digest[:size], "big") >> 1, parameters)
        point = key.public_key().public_numbers()
        if wanted(point.x.to_bytes(size, "big"), point.y.to_bytes(size, "big")):
            return key
    raise ValueError(seed)


# RFC 7515, A.3.1
K = ec.derive_private_key(int.from_bytes(unb64u("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"), "big"),
                          ec.SECP256R1())
# Another key of the same kind: what it signs must never be accepted where K is the key.
L = seeded("P-256", "L")
short = [seeded("P-256", "short x", lambda x, y: x[0] == 0 and y[0]),
         seeded("P-384", "short y", lambda x, y: x[0] and y[0] == 0),
         seeded("P-521", "short x and y", lambda x, y: x[:2] == b"\0\0" and y[0] == 0)]
RSA = published("rfc7520/section-4.json", "4.1: RS256")["keys"]
RSA_KEY = rsa.RSAPublicNumbers(int.from_bytes(unb64u(RSA["e"]), "big"),
                               int.from_bytes(unb64u(RSA["n"]), "big")).public_key()
AUTHORITY = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"authority").digest())


def curve_of(key):
    return next(name for name, row in CURVES.items() if row[0].name == key.curve.name)


def point(key):
    size, numbers = CURVES[curve_of(key)][1], key.public_key().public_numbers()
    return numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")


def members(obj):
    """Returns the members of a JSON object without the braces."""
    return compact(obj)[1:-1]


def jwk(key, change=lambda coordinate: coordinate):
    x, y = (b64u(change(coordinate)) for coordinate in point(key))
    return members({"kty": "EC", "crv": curve_of(key), "x": x, "y": y})


def without_zeros(coordinate):
    return coordinate.lstrip(b"\0")


def token(key, claims=CLAIMS, **header):
    _, size, alg, digest = CURVES[curve_of(key)]
    text = b64u(compact({"alg": alg, **header}).encode()) + "." + b64u(claims.encode())
    signature = key.sign(text.encode(), ec.ECDSA(digest, deterministic_signing=True))
    r, s = utils.decode_dss_signature(signature)
    return text + "." + b64u(r.to_bytes(size, "big") + s.to_bytes(size, "big"))


# ---- DER and PEM --------------------------------------------------------------------------------

def der(tag, *content):
    body = b"".join(content)
    length = len(body)
    if length < 128:
        return bytes([tag, length]) + body
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


PSS = bytes.fromhex("06092a864886f70d01010a")
MGF1 = bytes.fromhex("06092a864886f70d010108")
SHA = {256: bytes.fromhex("0609608648016503040201"), 384: bytes.fromhex("0609608648016503040202"),
       512: bytes.fromhex("0609608648016503040203")}


def pss_parameters(size, salt):
    """Returns RSASSA-PSS-params (RFC 4055 §3.1) with one hash for the message and the mask."""
    sha = der(0x30, SHA[size], b"\x05\0")
    return der(0x30, der(0xa0, sha), der(0xa1, der(0x30, MGF1, sha)), der(0xa2, der(2, bytes([salt]))))


def pss_spki(parameters):
    pkcs1 = RSA_KEY.public_bytes(DER, serialization.PublicFormat.PKCS1)
    return der(0x30, der(0x30, PSS, parameters), der(3, b"\0", pkcs1))


def pem(label, content):
    text = base64.b64encode(content).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def certificate(public_key, name):
    common_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    start = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
    builder = x509.CertificateBuilder(issuer, common_name, public_key, 1, start,
                                      start.replace(year=2035))
    return builder.sign(AUTHORITY, None).public_bytes(DER)


def certificate_of_pss(parameters):
    """Returns the certificate of the RSA key with the key's identifier replaced. Its signature is
    that of the original: nobody here validates it."""
    original = certificate(RSA_KEY, "pss")
    spki = RSA_KEY.public_bytes(DER, SPKI)
    tbs, signature = original[4:], b""
    length = int.from_bytes(tbs[2:4], "big") + 4
    tbs, signature = tbs[:length], tbs[length:]
    return der(0x30, der(0x30, tbs[4:].replace(spki, pss_spki(parameters))), signature)


def ssh_line(key):
    ssh = serialization.PublicFormat.OpenSSH
    return key.public_key().public_bytes(serialization.Encoding.OpenSSH, ssh).decode()


# ---- the file -----------------------------------------------------------------------------------

def escaped(text):
    """Returns the text as it stands inside a JSON string."""
    return json.dumps(text)[1:-1]


def material():
    spki, cert = K.public_key().public_bytes(DER, SPKI), certificate(K.public_key(), "leaf")
    other = certificate(L.public_key(), "other")
    pkcs8 = serialization.PrivateFormat.PKCS8
    private = K.private_bytes(DER, pkcs8, serialization.NoEncryption())
    sec1 = K.private_bytes(PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    spki_pem, cert_pem, other_pem = pem("PUBLIC KEY", spki), pem("CERTIFICATE", cert), pem("CERTIFICATE", other)
    made = {
        "K": jwk(K), "K.token": token(K), "K.token of 1": token(K, kid="1"), "K.token of 2": token(K, kid="2"),
        "L": jwk(L), "L.token": token(L), "L.token of 1": token(L, kid="1"), "L.token of 2": token(L, kid="2"),
        "K.x": b64u(point(K)[0]), "K.y": b64u(point(K)[1]),
        "K.pem": spki_pem, "K.pem, escaped": escaped(spki_pem),
        "K.pem, body": spki_pem.split("\n", 1)[1].rsplit("-----END", 1)[0].rstrip("\n"),
        "K.spki": base64.b64encode(spki).decode(), "L.spki": base64.b64encode(L.public_key().public_bytes(DER, SPKI)).decode(),
        "K.certificate": base64.b64encode(cert).decode(),
        "K.certificate, pem": cert_pem, "K.certificate, escaped": escaped(cert_pem),
        "L.certificate": base64.b64encode(other).decode(),
        "L.certificate, pem": other_pem, "L.certificate, escaped": escaped(other_pem),
        "K.private, pem": pem("PRIVATE KEY", private), "K.private, SEC 1": sec1.decode(),
        "K.ssh": ssh_line(K),
        "EC PARAMETERS": pem("EC PARAMETERS", bytes.fromhex("06082a8648ce3d030107")),
        "authority": pem("PUBLIC KEY", AUTHORITY.public_key().public_bytes(DER, SPKI)),
        "RSA": members({m: RSA[m] for m in ("kty", "n", "e")}),
        "RSA.pem": pem("PUBLIC KEY", RSA_KEY.public_bytes(DER, SPKI)),
        "RSA.pkcs1": pem("RSA PUBLIC KEY", RSA_KEY.public_bytes(DER, serialization.PublicFormat.PKCS1)),
        "RSA.spki": base64.b64encode(RSA_KEY.public_bytes(DER, SPKI)).decode(),
        "RSA.certificate": base64.b64encode(certificate(RSA_KEY, "rsa")).decode(),
        "RSA.RS256": published("rfc7520/section-4.json", "4.1: RS256")["token"],
        "RSA.PS384": published("rfc7520/section-4.json", "4.2: PS384")["token"],
        "P-521": members({m: published("rfc7520/section-4.json", "4.3: ES512")["keys"][m] for m in ("kty", "crv", "x", "y")}),
        "P-521.token": published("rfc7520/section-4.json", "4.3: ES512")["token"],
    }
    for name, parameters in [("any", b""), ("SHA-384", pss_parameters(384, 48)), ("SHA-256", pss_parameters(256, 32)),
                             ("salt of 32", pss_parameters(384, 32)), ("SHA-1 by default", der(0x30))]:
        made[f"PSS.{name}"] = pem("PUBLIC KEY", pss_spki(parameters))
    made["PSS.certificate"] = pem("CERTIFICATE", certificate_of_pss(b""))
    for key in short:
        name = curve_of(key)
        made[f"short {name}"] = jwk(key, without_zeros)
        made[f"full {name}"] = jwk(key)
        made[f"long {name}"] = jwk(key, lambda c: b"\0" + c)
        made[f"longer {name}"] = jwk(key, lambda c: b"\0\0" + c)
        made[f"off {name}"] = jwk(key, lambda c: c[:-1].lstrip(b"\0") or c)
        made[f"short {name}.token"] = token(key)
    for length in (178, 230, 256, 257):
        kid = ("did:jwk:" + "eyJrdHkiOiJFQyIsImNydiI6IlAtMjU2In0" * 8)[:length]
        made[f"kid of {length}"] = kid
        made[f"K.token of {length}"] = token(K, kid=kid)
    vault = "https://" + "v" * 24 + ".vault.azure.net/keys/" + "k" * 127 + "/" + "0123456789abcdef" * 2
    made["vault kid"], made["K.token of vault"] = vault, token(K, kid=vault)
    # 86 characters of three bytes are 258 bytes, in fewer characters than the limit has bytes.
    made["kid of 258 bytes"] = "鍵" * 86
    made["K.token of 258 bytes"] = token(K, kid="鍵" * 86)
    return made


if __name__ == "__main__":
    with open(os.path.join(HERE, "material.json"), "w", encoding="utf-8") as f:
        json.dump(material(), f, ensure_ascii=False, indent=1)
        f.write("\n")
