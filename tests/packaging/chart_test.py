"""The chart: its values, what is rendered of them, and that the parts fit each other and the program.

usage: chart_test.py SOURCE ROLLCALL
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

import render
import shapes

SOURCE = pathlib.Path(sys.argv[1])
ROLLCALL = sys.argv[2]
CHART = SOURCE / "packaging/chart"
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
DEFAULTS = yaml.safe_load((CHART / "values.yaml").read_text())
COZYSTACK = yaml.safe_load((CHART / "values-cozystack.yaml").read_text())
EVERYTHING = {
    "imagePullSecrets": [{"name": "pull"}],
    "config": {"retention": 7, "records": True, "forward-url": "http://vm:8428/api/v1/import/prometheus"},
    "fleets": {
        "builtIn": ["cozystack", "coroot"],
        "declarations": {"syncthing.json": (SOURCE / "packaging/fleets/syncthing.json").read_text()},
    },
    "existingSecrets": [{"name": "forward", "mountPath": "/etc/rollcall/secrets/forward"}],
    "extraEnv": [{"name": "ROLLCALL_LOG_LEVEL", "value": "debug"}],
    "service": {"annotations": {"a": "1"}},
    "ingress": {"enabled": True, "host": "h.example", "className": "nginx", "tlsSecretName": "t",
                "annotations": {"b": "2"}},
    "persistence": {"storageClassName": "fast"},
    "networkPolicy": {"privateFrom": [{"namespaceSelector": {"matchLabels": {"x": "y"}}}]},
    "private": {"tokensSecret": "rollcall-tokens"},
    "serviceMonitor": {"enabled": True, "tokenSecret": {"name": "scraper"}, "labels": {"release": "prometheus"}},
    "podAnnotations": {"c": "3"},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "k", "operator": "Exists", "effect": "NoSchedule"}],
}
NOTHING = {
    "networkPolicy": {"enabled": False},
    "podDisruptionBudget": {"enabled": False},
}


def values(over):
    return render.merged(DEFAULTS, over)


def rendered(over, release="rollcall", namespace="rollcall"):
    return render.render(CHART, release, namespace, values(over))


def documents(over, **names):
    return [one for one in yaml.safe_load_all(rendered(over, **names)) if one]


def of_kind(all_documents, kind):
    return [one for one in all_documents if one["kind"] == kind]


class ValuesTest(unittest.TestCase):
    def refusal(self, over):
        errors = list(jsonschema.Draft7Validator(SCHEMA).iter_errors(values(over)))
        return errors[0].message if errors else None

    def test_the_values_that_are_delivered_are_as_the_schema_wants_them(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        for over in ({}, COZYSTACK, EVERYTHING, NOTHING):
            self.assertIsNone(self.refusal(over))

    def test_every_value_is_in_the_schema(self):
        self.assertEqual(set(DEFAULTS), set(SCHEMA["properties"]) - {"global"})

    def test_what_is_wrong_is_refused(self):
        for over in ({"replica": 2}, {"replicas": "1"}, {"image": {"tag": 1.0}}, {"service": {"port": 0}},
                     {"config": {"--retention": 1}}, {"config": {"data-dir": "/x"}},
                     {"config": {"retention": [1]}}, {"config": {"retention": "1\nno-store"}},
                     {"fleets": {"builtIn": []}}, {"fleets": {"builtIn": ["other"]}},
                     {"fleets": {"declarations": {"../x.json": ""}}}, {"ingress": {"enabled": True}},
                     {"persistence": {"size": "ten"}}, {"persistence": {"accessModes": ["ReadWriteMany"]}},
                     {"existingSecrets": [{"name": "a"}]}, {"replicas": 2},
                     {"serviceMonitor": {"enabled": True, "tokenSecret": {"name": "t"}}},
                     {"serviceMonitor": {"enabled": True}, "private": {"tokensSecret": "t"}}):
            self.assertIsNotNone(self.refusal(over), over)
        self.assertIsNone(self.refusal({"replicas": 2, "config": {"no-store": True}}))


class RenderedTest(unittest.TestCase):
    def test_every_object_has_the_shape_of_its_kind_and_a_name_of_its_own(self):
        for over in ({}, COZYSTACK, EVERYTHING, NOTHING):
            all_documents = documents(over)
            names = [(one["kind"], one["metadata"]["name"]) for one in all_documents]
            self.assertEqual(len(names), len(set(names)))
            for one in all_documents:
                self.assertEqual(shapes.faults_of(one), [])

    def test_which_objects_there_are(self):
        kinds = lambda over: sorted(one["kind"] for one in documents(over))
        self.assertEqual(kinds(NOTHING), ["ConfigMap", "Service", "StatefulSet"])
        self.assertEqual(kinds({}), ["ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Service",
                                     "StatefulSet"])
        self.assertEqual(kinds(EVERYTHING), ["ConfigMap", "ConfigMap", "Ingress", "NetworkPolicy",
                                             "PodDisruptionBudget", "Service", "Service",
                                             "ServiceMonitor", "StatefulSet"])

    def test_selectors_ports_volumes_and_names_fit_each_other(self):
        for over in ({}, COZYSTACK, EVERYTHING):
            all_documents = documents(over, release="r1", namespace="n1")
            stateful_set, = of_kind(all_documents, "StatefulSet")
            pod = stateful_set["spec"]["template"]
            labels = pod["metadata"]["labels"].items()
            container, = pod["spec"]["containers"]
            ports = {one["name"]: one["containerPort"] for one in container["ports"]}
            has_private = "private" in over
            self.assertEqual(ports, {"http": 8081, "private": 8082} if has_private else {"http": 8081})
            services = {one["metadata"]["name"]: one for one in of_kind(all_documents, "Service")}
            self.assertIn(stateful_set["spec"]["serviceName"], services)
            self.assertLessEqual(stateful_set["spec"]["selector"]["matchLabels"].items(), labels)
            for one in services.values():
                self.assertLessEqual(one["spec"]["selector"].items(), labels)
                for port in one["spec"]["ports"]:
                    self.assertIn(port["targetPort"], ports)
            for kind, field in (("NetworkPolicy", "podSelector"), ("PodDisruptionBudget", "selector")):
                for one in of_kind(all_documents, kind):
                    self.assertLessEqual(one["spec"][field]["matchLabels"].items(), labels)
            for one in of_kind(all_documents, "ServiceMonitor"):
                wanted = one["spec"]["selector"]["matchLabels"].items()
                found = [s for s in services.values() if wanted <= s["metadata"]["labels"].items()]
                self.assertEqual([s["spec"]["ports"][0]["name"] for s in found], ["private"])
                self.assertEqual(one["spec"]["namespaceSelector"]["matchNames"], ["n1"])
            for one in of_kind(all_documents, "Ingress"):
                backend = one["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
                port, = services[backend["name"]]["spec"]["ports"]
                self.assertEqual((port["name"], port["targetPort"]), (backend["port"]["name"], "http"))
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                self.assertIn(container[probe]["httpGet"]["port"], ports)
            volumes = {one["name"] for one in pod["spec"]["volumes"]} | {"data"}
            self.assertEqual({one["name"] for one in container["volumeMounts"]}, volumes)
            config_maps = {one["metadata"]["name"] for one in of_kind(all_documents, "ConfigMap")}
            self.assertEqual({one["configMap"]["name"] for one in pod["spec"]["volumes"] if "configMap" in one},
                             config_maps)

    def test_the_store_is_on_a_volume_and_the_process_may_write_nowhere_else(self):
        stateful_set, = of_kind(documents(COZYSTACK), "StatefulSet")
        claim, = stateful_set["spec"]["volumeClaimTemplates"]
        pod = stateful_set["spec"]["template"]["spec"]
        container, = pod["containers"]
        writable = {one["mountPath"] for one in container["volumeMounts"] if not one.get("readOnly")}
        self.assertEqual(claim["metadata"]["name"], "data")
        self.assertEqual(writable, {"/var/lib/rollcall", "/data/snapshots"})
        self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
        self.assertTrue(pod["securityContext"]["runAsNonRoot"])

    def test_the_private_listener_is_nobodys_until_somebody_is_named(self):
        policy, = of_kind(documents({}), "NetworkPolicy")
        self.assertEqual(policy["spec"]["ingress"], [{"ports": [{"port": "http"}]}])
        policy, = of_kind(documents(EVERYTHING), "NetworkPolicy")
        self.assertEqual(policy["spec"]["ingress"][1], {
            "ports": [{"port": "private"}],
            "from": [{"namespaceSelector": {"matchLabels": {"x": "y"}}}],
        })

    def test_the_private_listener_is_on_loopback_until_there_are_tokens(self):
        def config(over):
            return of_kind(documents(over), "ConfigMap")[0]["data"]["rollcall.conf"].splitlines()
        self.assertIn("private-listen-addr = 127.0.0.1:8082", config({}))
        self.assertIn("private-listen-addr = :8082", config(EVERYTHING))
        self.assertIn("tokens-file = /etc/rollcall/private/tokens", config(EVERYTHING))
        stateful_set, = of_kind(documents(EVERYTHING), "StatefulSet")
        secrets = {one["secret"]["secretName"] for one in stateful_set["spec"]["template"]["spec"]["volumes"]
                   if "secret" in one}
        self.assertEqual(secrets, {"rollcall-tokens", "forward"})

    def test_in_cozystacks_place_the_names_and_the_four_arguments_are_those_it_had(self):
        all_documents = documents(COZYSTACK, release="cozy-telemetry", namespace="cozy-telemetry")
        service = of_kind(all_documents, "Service")[0]
        self.assertEqual(service["metadata"]["name"], "cozy-telemetry")
        self.assertEqual(service["spec"]["ports"][0]["port"], 8081)
        config = of_kind(all_documents, "ConfigMap")[0]["data"]["rollcall.conf"].splitlines()
        for line in ("listen-addr = :8081", "snapshot-dir = /data/snapshots",
                     "vmselect-url = http://vmselect-cozy-telemetry:8481",
                     "forward-url = http://vminsert-cozy-telemetry:8480"
                     "/insert/0/prometheus/api/v1/import/prometheus"):
            self.assertIn(line, config)
        volume = of_kind(all_documents, "StatefulSet")[0]["spec"]["template"]["spec"]["volumes"][1]
        self.assertEqual(volume["persistentVolumeClaim"], {"claimName": "cozy-telemetry-snapshots"})

    def test_another_configuration_makes_another_pod(self):
        def annotation(over):
            template = of_kind(documents(over), "StatefulSet")[0]["spec"]["template"]
            return template["metadata"]["annotations"]["rollcall/config"]
        self.assertEqual(annotation({}), annotation(NOTHING))
        self.assertNotEqual(annotation({}), annotation({"config": {"retention": 7}}))
        self.assertNotEqual(annotation({}), annotation({"fleets": {"builtIn": ["coroot"]}}))

    def test_rollcall_takes_the_configuration_with_its_fleets(self):
        for over in ({}, COZYSTACK, EVERYTHING):
            maps = of_kind(documents(over), "ConfigMap")
            with tempfile.TemporaryDirectory() as directory:
                for one in maps[1:]:
                    for name, text in one["data"].items():
                        (pathlib.Path(directory) / name).write_text(text)
                file = pathlib.Path(directory) / "rollcall.conf"
                text = maps[0]["data"]["rollcall.conf"]
                file.write_text(text.replace("/etc/rollcall/fleets/", directory + "/"))
                run = subprocess.run([ROLLCALL, "config", "check", "--config", file], env={},
                                     capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stderr), (0, ""))


class ManifestsTest(unittest.TestCase):
    def test_the_plain_manifests_are_what_the_chart_makes_of_its_defaults(self):
        text = (SOURCE / "packaging/manifests/rollcall.yaml").read_text()
        head, _, body = text.partition("---\n")
        self.assertTrue(all(line.startswith("#") for line in head.splitlines()))
        self.assertEqual(body, rendered({}), "tests/packaging/render.py packaging/chart makes it")


class RendererTest(unittest.TestCase):
    def say(self, template, dot=None):
        renderer = render.Renderer.__new__(render.Renderer)
        renderer.defined, renderer.root = {}, {"Values": dot or {}}
        return renderer.run(render.parse(template), renderer.root, {"$": renderer.root})

    def test_it_does_as_go_templates_do(self):
        for template, text in (
                ("a {{- 1 }} b {{ 2 -}} c", "a1 b 2c"),
                ("{{ .Values.x | default \"d\" | quote }}", '"d"'),
                ("{{ if .Values.x }}y{{ else }}n{{ end }}", "n"),
                ("{{ range $k, $v := .Values.m }}{{ $k }}={{ $v }};{{ end }}", "a=1;b=true;"),
                ("{{ range .Values.l }}{{ . }}{{ $.Values.t }}{{ end }}", "1t2t"),
                ("{{ with .Values.m }}{{ .a }}{{ end }}", "1"),
                ("{{ define \"n\" }}<{{ .t }}>{{ end }}{{ include \"n\" .Values }}", "<t>"),
                ("x: {{- toYaml .Values.m | nindent 2 }}", "x:\n  a: 1\n  b: true")):
            self.assertEqual(self.say(template, {"x": "", "t": "t", "m": {"b": True, "a": 1}, "l": [1, 2]}), text)

    def test_what_it_does_not_know_is_an_error(self):
        for template in ("{{ .Values.none }}", "{{ lookup 1 }}", "{{ if 1 }}", "{{ end }}", "{{ (1) }}",
                         "{{ if 1 }}{{ else if 2 }}{{ end }}", "{{ $x }}"):
            with self.assertRaises((render.TemplateError, IndexError), msg=template):
                self.say(template)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
