"""Makes keys.json with the openssl command line: public keys in every form in which they are published, each with a
token signed by the private key, and keys that must be rejected. See README.md."""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from common import b64u, claims, compact, ec_jwk, rsa_jwk  # noqa: E402
import base64  # noqa: E402

TMP = tempfile.TemporaryDirectory()
SIZE = {"P-256": 32, "P-384": 48, "P-521": 66}
ALG = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True).stdout


def path(name):
    return os.path.join(TMP.name, name)


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data)
    return path(name)


def private(name, *options):
    openssl("genpkey", *options, "-out", path(name))
    return path(name)


def rsa(bits):
    return private(f"rsa{bits}", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}")


def ec(crv):
    return private(crv, "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{crv}")


def b64(data):
    return base64.b64encode(data).decode()


def spki(key, *options):
    """Returns the SubjectPublicKeyInfo as PEM and DER."""
    return [openssl("pkey", "-in", key, "-pubout", *options, "-outform", form) for form in ("PEM", "DER")]


def certificates(key, alg):
    """Returns self-signed certificates, one of version 3 with extensions and one of version 1, each as PEM and DER."""
    digest = f"-sha{alg[2:]}"
    subject = "/C=CH/O=Example/CN=pim.example.com"
    v3 = openssl("req", "-x509", "-new", "-key", key, digest, "-subj", subject, "-days", "2",
                 "-addext", "subjectAltName=DNS:pim.example.com,DNS:*.example.com")
    request = write("request", openssl("req", "-new", "-key", key, digest, "-subj", subject))
    v1 = openssl("x509", "-req", "-in", request, "-signkey", key, digest, "-days", "2")
    der = [openssl("x509", "-outform", "DER", data=pem) for pem in (v3, v1)]
    version_3, version_1 = (openssl("x509", "-noout", "-text", data=pem).decode() for pem in (v3, v1))
    assert "Version: 3" in version_3 and "Version: 1" in version_1
    return v3, der[0], v1, der[1]


def der_to_rs(der, size):
    """Converts ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, parsed by openssl, to r||s."""
    lines = openssl("asn1parse", "-inform", "DER", data=der).decode().splitlines()
    numbers = [int(line.split(":")[-1], 16) for line in lines if "INTEGER" in line]
    return b"".join(n.to_bytes(size, "big") for n in numbers)


def token(key, alg, size=None):
    message = ".".join(b64u(compact(part).encode()) for part in ({"typ": "JWT", "alg": alg}, claims()))
    signature = openssl("dgst", f"-sha{alg[2:]}", "-sign", key, data=message.encode())
    return message + "." + b64u(der_to_rs(signature, size) if size else signature)


def forms(key, alg):
    pem, der = spki(key)
    v3_pem, v3_der, v1_pem, v1_der = certificates(key, alg)
    return {"spki_pem": pem.decode(), "spki_der": b64(der),
            "certificate_pem": v3_pem.decode(), "certificate_der": b64(v3_der),
            "certificate_v1_pem": v1_pem.decode(), "certificate_v1_der": b64(v1_der)}


def keys():
    for bits in (2048, 3072, 4096):
        key, alg = rsa(bits), "RS256"
        n = int(openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().split("=")[1], 16)
        pkcs1 = [openssl("rsa", "-in", key, "-RSAPublicKey_out", "-outform", form) for form in ("PEM", "DER")]
        more = {"rsa_pem": pkcs1[0].decode(), "rsa_der": b64(pkcs1[1])}
        yield {"name": f"RSA-{bits}", "alg": alg, "jwk": rsa_jwk(n), "token": token(key, alg),
               "forms": {**forms(key, alg), **more}}
    for crv, alg in ALG.items():
        key, size = ec(crv), SIZE[crv]
        point = spki(key)[1][-2 * size:]
        x, y = (int.from_bytes(half, "big") for half in (point[:size], point[size:]))
        pem, der = spki(key, "-ec_conv_form", "compressed")
        more = {"spki_compressed_pem": pem.decode(), "spki_compressed_der": b64(der)}
        yield {"name": crv, "alg": alg, "jwk": ec_jwk(crv, x, y), "token": token(key, alg, size),
               "forms": {**forms(key, alg), **more}}


def refused():
    def public(name, error, key, *options):
        return {"name": name, "pem": spki(key, *options)[0].decode(), "error": error}

    yield public("RSA-1024", "weak_key", rsa(1024))
    yield public("RSA-4104", "key_too_large", rsa(4104))
    yield public("Ed25519", "unsupported_key", private("ed25519", "-algorithm", "ED25519"))
    yield public("X25519", "unsupported_key", private("x25519", "-algorithm", "X25519"))
    yield public("secp256k1", "unsupported_key", ec("secp256k1"))
    yield public("P-256 by numbers", "unsupported_key", path("P-256"), "-ec_param_enc", "explicit")
    p256, rsa2048 = path("P-256"), path("rsa2048")
    yield {"name": "private key", "pem": openssl("pkey", "-in", p256).decode(), "error": "private_key"}
    traditional = openssl("rsa", "-in", rsa2048, "-traditional")
    yield {"name": "private RSA key", "pem": traditional.decode(), "error": "private_key"}
    request = openssl("req", "-new", "-key", p256, "-subj", "/CN=x")
    yield {"name": "certificate request", "pem": request.decode(), "error": "unsupported_pem_label"}
    certificate = openssl("req", "-x509", "-new", "-key", p256, "-subj", "/CN=x")
    trusted = openssl("x509", "-trustout", data=certificate)
    yield {"name": "trusted certificate", "pem": trusted.decode(), "error": "unsupported_pem_label"}
    mislabelled = certificate.decode().replace("CERTIFICATE", "PUBLIC KEY")
    yield {"name": "certificate labelled as key", "pem": mislabelled, "error": "malformed_key"}


doc = {"source": " ".join(openssl("version").decode().split()[:2]), "made_by": "vectors/openssl/keys.py",
       "keys": list(keys()), "refused": list(refused())}
with open(os.path.join(HERE, "keys.json"), "w", encoding="utf-8") as f:
    json.dump(doc, f, ensure_ascii=False, indent=1)
    f.write("\n")
print(f"openssl/keys.json: {len(doc['keys'])} keys, {len(doc['refused'])} rejected")
