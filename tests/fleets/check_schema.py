"""Says of each JSON file on the command line, in order, whether the schema allows it.

usage: check_schema.py SCHEMA FILE... ; a line for each file: yes or no.
"""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        print("yes" if validator.is_valid(json.load(file)) else "no")
