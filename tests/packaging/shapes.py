"""The shape of the Kubernetes objects that packaging/chart makes: which fields each may have, and of which
type, as the API's reference has them. A field that is not here is an error, misspelt or not."""

TEXT, NUMBER, FLAG, PORT = "text", "number", "flag", "port"
TEXTS = {"*": TEXT}
REQUIRED = "required"

LABEL_SELECTOR = {"matchLabels": TEXTS}
METADATA = {REQUIRED: ["name"], "name": TEXT, "namespace": TEXT, "labels": TEXTS, "annotations": TEXTS}
PROBE = {
    "httpGet": {REQUIRED: ["path", "port"], "path": TEXT, "port": PORT},
    "periodSeconds": NUMBER,
    "timeoutSeconds": NUMBER,
    "failureThreshold": NUMBER,
}
CONTAINER = {
    REQUIRED: ["name", "image"],
    "name": TEXT,
    "image": TEXT,
    "imagePullPolicy": TEXT,
    "args": [TEXT],
    "env": [{REQUIRED: ["name"], "name": TEXT, "value": TEXT}],
    "securityContext": {
        "allowPrivilegeEscalation": FLAG,
        "readOnlyRootFilesystem": FLAG,
        "capabilities": {"drop": [TEXT]},
    },
    "ports": [{REQUIRED: ["containerPort"], "name": TEXT, "containerPort": NUMBER}],
    "startupProbe": PROBE,
    "livenessProbe": PROBE,
    "readinessProbe": PROBE,
    "resources": {"requests": TEXTS, "limits": TEXTS},
    "volumeMounts": [{REQUIRED: ["name", "mountPath"], "name": TEXT, "mountPath": TEXT, "readOnly": FLAG}],
}
POD = {
    REQUIRED: ["containers"],
    "automountServiceAccountToken": FLAG,
    "enableServiceLinks": FLAG,
    "terminationGracePeriodSeconds": NUMBER,
    "securityContext": {
        "runAsNonRoot": FLAG,
        "runAsUser": NUMBER,
        "runAsGroup": NUMBER,
        "fsGroup": NUMBER,
        "fsGroupChangePolicy": TEXT,
        "seccompProfile": {REQUIRED: ["type"], "type": TEXT},
    },
    "imagePullSecrets": [{"name": TEXT}],
    "containers": [CONTAINER],
    "volumes": [{
        REQUIRED: ["name"],
        "name": TEXT,
        "configMap": {REQUIRED: ["name"], "name": TEXT},
        "secret": {REQUIRED: ["secretName"], "secretName": TEXT, "defaultMode": NUMBER},
        "persistentVolumeClaim": {REQUIRED: ["claimName"], "claimName": TEXT},
    }],
    "nodeSelector": TEXTS,
    "tolerations": [{"key": TEXT, "operator": TEXT, "effect": TEXT}],
}
CLAIM = {
    "accessModes": [TEXT],
    "storageClassName": TEXT,
    "resources": {REQUIRED: ["requests"], "requests": {REQUIRED: ["storage"], "storage": TEXT}},
}
PEER = {"namespaceSelector": LABEL_SELECTOR, "podSelector": LABEL_SELECTOR}
BACKEND = {"service": {REQUIRED: ["name", "port"], "name": TEXT, "port": {"name": TEXT}}}

KINDS = {
    ("v1", "ConfigMap"): {"data": TEXTS},
    ("v1", "Service"): {"spec": {
        REQUIRED: ["selector", "ports"],
        "type": TEXT,
        "selector": TEXTS,
        "ports": [{REQUIRED: ["port"], "name": TEXT, "port": NUMBER, "targetPort": PORT}],
    }},
    ("apps/v1", "StatefulSet"): {"spec": {
        REQUIRED: ["selector", "template", "serviceName"],
        "replicas": NUMBER,
        "serviceName": TEXT,
        "podManagementPolicy": TEXT,
        "selector": LABEL_SELECTOR,
        "template": {
            REQUIRED: ["metadata", "spec"],
            "metadata": {"labels": TEXTS, "annotations": TEXTS},
            "spec": POD,
        },
        "volumeClaimTemplates": [{"metadata": METADATA, "spec": CLAIM}],
    }},
    ("networking.k8s.io/v1", "NetworkPolicy"): {"spec": {
        REQUIRED: ["podSelector"],
        "podSelector": LABEL_SELECTOR,
        "policyTypes": [TEXT],
        "ingress": [{"ports": [{"port": PORT}], "from": [PEER]}],
    }},
    ("networking.k8s.io/v1", "Ingress"): {"spec": {
        "ingressClassName": TEXT,
        "rules": [{"host": TEXT, "http": {"paths": [{
            REQUIRED: ["path", "pathType", "backend"], "path": TEXT, "pathType": TEXT, "backend": BACKEND,
        }]}}],
        "tls": [{"hosts": [TEXT], "secretName": TEXT}],
    }},
    ("policy/v1", "PodDisruptionBudget"): {"spec": {
        REQUIRED: ["selector"], "maxUnavailable": NUMBER, "selector": LABEL_SELECTOR,
    }},
    ("monitoring.coreos.com/v1", "ServiceMonitor"): {"spec": {
        REQUIRED: ["selector", "endpoints"],
        "selector": LABEL_SELECTOR,
        "namespaceSelector": {"matchNames": [TEXT]},
        "endpoints": [{
            "port": TEXT,
            "path": TEXT,
            "interval": TEXT,
            "authorization": {"credentials": {REQUIRED: ["name", "key"], "name": TEXT, "key": TEXT}},
        }],
    }},
}

TYPES = {
    TEXT: lambda value: isinstance(value, str),
    NUMBER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    FLAG: lambda value: isinstance(value, bool),
    PORT: lambda value: isinstance(value, (int, str)) and not isinstance(value, bool),
}


def faults(value, shape, where):
    """A line for each place where a value is not of its shape."""
    if isinstance(shape, str):
        return [] if TYPES[shape](value) else [f"{where}: {value!r} is no {shape}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: not a list"]
        return [fault for i, one in enumerate(value) for fault in faults(one, shape[0], f"{where}/{i}")]
    if not isinstance(value, dict):
        return [f"{where}: not a map"]
    found = [f"{where}: {name} is missing" for name in shape.get(REQUIRED, []) if name not in value]
    for name, one in value.items():
        field = shape.get(name, shape.get("*"))
        if field is None or name == REQUIRED:
            found.append(f"{where}: {name} is not a field")
        else:
            found += faults(one, field, f"{where}/{name}")
    return found


def faults_of(document):
    kind = (document.get("apiVersion"), document.get("kind"))
    if kind not in KINDS:
        return [f"{kind}: not a known kind"]
    shape = {"apiVersion": TEXT, "kind": TEXT, "metadata": METADATA, **KINDS[kind]}
    return faults(document, shape, kind[1])
