"""Makes packages of each kind in the present folder, without a network: demo-1.0-py3-none-any.whl for pip,
demo-1.0.0.tgz for npm, and demo.vsix for VS Code."""

import io
import json
import tarfile
import zipfile


def make_zip(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


make_zip(
    "demo-1.0-py3-none-any.whl",
    {
        "demo.py": "def main(): print('from pip')\n",
        "demo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        "demo-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "demo-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo-pip = demo:main\n",
        "demo-1.0.dist-info/RECORD": "demo.py,,\n",
    },
)

with tarfile.open("demo-1.0.0.tgz", "w:gz") as archive:
    for name, text in {
        "package/package.json": json.dumps({"name": "demo", "version": "1.0.0", "bin": {"demo-npm": "demo.js"}}),
        "package/demo.js": "#!/usr/bin/env node\nconsole.log('from npm');\n",
    }.items():
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        entry.mode = 0o755
        archive.addfile(entry, io.BytesIO(text.encode()))

make_zip(
    "demo.vsix",
    {
        "extension.vsixmanifest": '<?xml version="1.0"?><PackageManifest Version="2.0.0"'
        ' xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011"><Metadata>'
        '<Identity Id="demo" Version="1.0.0" Language="en-US" Publisher="example"/><DisplayName>demo</DisplayName>'
        '</Metadata><Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation><Assets>'
        '<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets></PackageManifest>',
        "extension/package.json": json.dumps(
            {"name": "demo", "publisher": "example", "version": "1.0.0", "engines": {"vscode": "*"}}
        ),
    },
)
