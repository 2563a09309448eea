"""Makes pss.json with the openssl command line: RSASSA-PSS public keys (RFC 4055) without and with parameters, each
with the algorithms that the parameters allow and tokens signed by the private key. See README.md."""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from common import b64u, claims, compact  # noqa: E402

TMP = tempfile.TemporaryDirectory()
ALGS = ["PS256", "PS384", "PS512"]

# Name, hash, hash of MGF1, salt length (None: the option is not passed), allowed algorithms.
KEYS = [
    ("no parameters", None, None, None, ALGS),
    ("SHA-256", "sha256", "sha256", 32, ["PS256"]),
    ("SHA-384", "sha384", "sha384", 48, ["PS384"]),
    ("SHA-512", "sha512", "sha512", 64, ["PS512"]),
    ("SHA-256, salt of at least 0", "sha256", "sha256", 0, ["PS256"]),
    ("SHA-256, salt of at least 20", "sha256", "sha256", 20, ["PS256"]),
    ("SHA-256, salt of at least 33", "sha256", "sha256", 33, []),
    ("SHA-512, salt of at least 190", "sha512", "sha512", 190, []),
    ("SHA-256, MGF1 with SHA-384", "sha256", "sha384", 32, []),
    ("SHA-1", "sha1", "sha1", 20, []),
    ("SHA-224", "sha224", "sha224", 28, []),
]


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True).stdout


def private(name, hash_name, mgf, salt):
    path = os.path.join(TMP.name, name)
    options = []
    if hash_name:
        options = ["-pkeyopt", f"rsa_pss_keygen_md:{hash_name}", "-pkeyopt", f"rsa_pss_keygen_mgf1_md:{mgf}",
                   "-pkeyopt", f"rsa_pss_keygen_saltlen:{salt}"]
    openssl("genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", *options, "-out", path)
    return path


def token(key, alg):
    bits = alg[2:]
    message = ".".join(b64u(compact(part).encode()) for part in ({"typ": "JWT", "alg": alg}, claims()))
    signature = openssl("dgst", f"-sha{bits}", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
                        f"rsa_pss_saltlen:{int(bits) // 8}", "-sigopt", f"rsa_mgf1_md:sha{bits}",
                        "-sign", key, data=message.encode())
    return message + "." + b64u(signature)


def certificate(key, hash_name):
    # The certificate is signed with PSS, too; its signature is not read.
    return openssl("req", "-x509", "-new", "-key", key, f"-{hash_name or 'sha256'}", "-subj", "/CN=pss", "-days", "2")


def keys():
    for name, hash_name, mgf, salt, algs in KEYS:
        key = private(name, hash_name, mgf, salt)
        forms = {"spki_pem": openssl("pkey", "-in", key, "-pubout").decode()}
        if mgf == hash_name:
            forms["certificate_pem"] = certificate(key, hash_name).decode()
        yield {"name": name, "algs": algs, "tokens": {alg: token(key, alg) for alg in algs}, "forms": forms}


doc = {"source": " ".join(openssl("version").decode().split()[:2]), "made_by": "vectors/openssl/pss.py",
       "keys": list(keys())}
with open(os.path.join(HERE, "pss.json"), "w", encoding="utf-8") as f:
    json.dump(doc, f, ensure_ascii=False, indent=1)
    f.write("\n")
print(f"openssl/pss.json: {len(doc['keys'])} keys")
