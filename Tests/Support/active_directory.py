"""Makes an Active Directory domain of Samba's in a folder, with people in it, before its server starts.

    active_directory.py FOLDER ADDRESS PEOPLE

The folder has the keys already (ca.pem, server.pem, server.key). The server listens at ADDRESS alone, and PEOPLE more than those who
have names are in an organizational unit of their own. Needs Debian's samba and samba-ad-provision, and root.
"""
import subprocess
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

REALM, DOMAIN = "AD.EXAMPLE.TEST", "ADEXAMPLE"
ADMINISTRATOR = "administrator-of-a-test-1"
# Lets the moment of somebody's last change of password be written.
LAST_SET = "local_oid:1.3.6.1.4.1.7165.4.3.20:0"


def provision(folder, address):
    subprocess.run(
        [
            "samba-tool", "domain", "provision", f"--realm={REALM}", f"--domain={DOMAIN}", "--server-role=dc",
            "--dns-backend=NONE", f"--adminpass={ADMINISTRATOR}", f"--targetdir={folder}/domain", "--host-name=dc1",
            f"--host-ip={address}", f"--option=interfaces={address}/8", "--option=bind interfaces only=yes",
            f"--option=posix:eadb={folder}/eadb.tdb", "--option=vfs objects=acl_xattr", "--option=server services=ldap",
        ],
        check=True, stdout=subprocess.DEVNULL)
    path = f"{folder}/smb.conf"
    with open(path, "w") as file:
        file.write(f"""
[global]
netbios name = DC1
realm = {REALM}
workgroup = {DOMAIN}
server role = active directory domain controller
server services = ldap
interfaces = {address}/8
bind interfaces only = yes
private dir = {folder}/domain/private
state directory = {folder}/domain/state
cache directory = {folder}/domain/cache
binddns dir = {folder}/domain/bind-dns
lock directory = {folder}/lock
pid directory = {folder}/run
ncalrpc dir = {folder}/rpc
log file = {folder}/samba.log
tls enabled = yes
tls keyfile = {folder}/server.key
tls certfile = {folder}/server.pem
tls cafile = {folder}/ca.pem
old password allowed period = 0
""")
    return path


class Domain:
    def __init__(self, path):
        parameters = LoadParm()
        parameters.load(path)
        self.database = SamDB(session_info=system_session(parameters), lp=parameters)
        self.base = str(self.database.domain_dn())

    def unit(self, name):
        self.database.add({"dn": f"{name},{self.base}", "objectClass": "organizationalUnit"})

    def person(self, name, unit, password=True, **more):
        entry = {
            "dn": f"CN={name.title()} Person,{unit},{self.base}", "objectClass": "user", "sAMAccountName": name,
            "userPrincipalName": f"{name}.upn@{REALM.lower()}", "displayName": f"{name.title()} Person",
            "mail": f"{name}@example.org", "userAccountControl": "512",
        }
        if password:
            entry["unicodePwd"] = f'"secret of {name}"'.encode("utf-16-le")
        self.database.add({**entry, **more})

    def group(self, name, *members, dn=None):
        entry = {"dn": f"{dn or f'CN={name},OU=Groups'},{self.base}", "objectClass": "group", "sAMAccountName": name}
        if members:
            entry["member"] = [f"{member},{self.base}" for member in members]
        self.database.add(entry)

    def change(self, name, controls=None, **values):
        message = ldb.Message()
        message.dn = ldb.Dn(self.database, f"{name},{self.base}" if name else self.base)
        for attribute, value in values.items():
            message[attribute] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, attribute)
        self.database.modify(message, controls=controls)

    def sid(self, name):
        found = self.database.search(f"{name},{self.base}", scope=ldb.SCOPE_BASE, attrs=["objectSid"])
        return found[0]["objectSid"][0]


def fill(domain, count):
    domain.change(
        "", pwdProperties="0", minPwdLength="4", minPwdAge="0", maxPwdAge="-25920000000000", lockoutThreshold="3",
        lockoutDuration="-18000000000", lockOutObservationWindow="-18000000000")
    for unit in ["OU=Groups", "OU=Staff", "OU=Leads,OU=Staff", "OU=Leavers", "OU=Deep,OU=Leavers", "OU=Many"]:
        domain.unit(unit)
    domain.person("search", "OU=Groups")
    domain.person("ann", "OU=Leads,OU=Staff")
    domain.person("ben", "OU=Staff", manager=f"CN=Ann Person,OU=Leads,OU=Staff,{domain.base}")
    domain.person("dora", "OU=Staff", userAccountControl="514")
    domain.person("ed", "OU=Staff", accountExpires="133000000000000000")
    domain.person("flo", "OU=Staff", pwdLastSet="0")
    domain.person("gil", "OU=Staff")
    domain.person("hal", "OU=Staff")
    domain.change("CN=Hal Person,OU=Staff", [LAST_SET], pwdLastSet="129000000000000000")
    for name in ["kim", "lea", "max", "noa", "pia"]:
        domain.person(name, "OU=Deep,OU=Leavers" if name == "kim" else "OU=Leavers")
    domain.group("ops", "CN=Ann Person,OU=Leads,OU=Staff", "CN=Dora Person,OU=Staff")
    domain.group("team", "CN=ops,OU=Groups")
    domain.group("everybody", "CN=team,OU=Groups")
    domain.group("crew", "CN=Ben Person,OU=Staff")
    domain.group("house", "CN=crew,OU=Groups")
    # From now on Ben is in it by this number alone.
    sid = domain.sid("CN=crew,OU=Groups")
    domain.change("CN=Ben Person,OU=Staff", primaryGroupID=str(ndr_unpack(security.dom_sid, sid).split()[1]))
    # Whoever may name a group could call it like what stands for the number of another one here.
    domain.group("twin", "CN=Ann Person,OU=Leads,OU=Staff", dn=f"CN=\\<sid\\={sid.hex()}\\>,OU=Groups")
    # A domain controller knows of groups in groups however deep they are.
    for number in range(1, 12):
        member = "CN=Hal Person,OU=Staff" if number == 1 else f"CN=deep{number - 1},OU=Deep,OU=Leavers"
        domain.group(f"deep{number}", member, dn=f"CN=deep{number},OU=Deep,OU=Leavers")
    for number in range(count):
        domain.person(f"many{number}", "OU=Many", password=False, userAccountControl="544")


def main(folder, address, count):
    domain = Domain(provision(folder, address))
    domain.database.transaction_start()
    fill(domain, int(count))
    domain.database.transaction_commit()


main(*sys.argv[1:])
