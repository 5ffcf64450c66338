{{/* The Ingress; empty without a host. Call with (dict "root" $ "start" $start). */}}
{{- define "devmachine.ingress" -}}
{{- $root := .root }}
{{- if $root.Values.ingressDomain }}
{{- $admin := include "devmachine.admin" $root | fromJson }}
{{- $ingress := $root.Values.ingress | default dict }}
{{- $tls := get $ingress "tls" | default dict }}
{{- $annotations := include "devmachine.mapping" (list $admin "ingressAnnotations") | fromJson }}
{{- $annotations = mergeOverwrite $annotations .start.proxyAnnotations }}
{{- /* The certificate in the spec, or else the administrator's. */}}
{{- $tlsSecret := get $tls "secretName" }}
{{- $issuer := get $tls "issuer" }}
{{- if not $tls }}
{{- $tlsSecret = get $admin "tlsSecretName" }}
{{- with get $admin "tlsClusterIssuer" }}
{{- $issuer = dict "name" . "kind" "ClusterIssuer" }}
{{- end }}
{{- end }}
{{- if $issuer }}
{{- $tlsSecret = printf "%s-tls" $root.Release.Name }}
{{- $kind := ternary "cluster-issuer" "issuer" (eq (get $issuer "kind") "ClusterIssuer") }}
{{- $annotations = set $annotations (print "cert-manager.io/" $kind) $issuer.name }}
{{- end }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $root.Release.Name | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "devmachine.labels" $root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with get $ingress "className" | default (get $admin "ingressClassName") | default (include "devmachine.defaultIngressClass" $root) }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with $tlsSecret }}
  tls:
    - hosts:
        - {{ $root.Values.ingressDomain | quote }}
      secretName: {{ . | quote }}
  {{- end }}
  rules:
    - host: {{ $root.Values.ingressDomain | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ $root.Release.Name | quote }}
                port:
                  name: {{ .start.portName }}
{{- end }}
{{- end -}}

{{/*
The class of an Ingress for which nobody chose one: the class that it has, or else the cluster's default. The API server sets
the default only when it creates an Ingress. It must be in the manifest, because a rollback replaces the Ingress by that.
*/}}
{{- define "devmachine.defaultIngressClass" -}}
{{- $live := lookup "networking.k8s.io/v1" "Ingress" .Release.Namespace .Release.Name | default dict -}}
{{- $rendered := dig "metadata" "annotations" "ide.example.com/manifest" "{}" $live | fromJson -}}
{{- $class := dig "spec" "ingressClassName" "" $rendered | default (dig "spec" "ingressClassName" "" $live) -}}
{{- if not $live -}}
{{- $newest := "" -}}
{{- /* The API server takes the newest of several defaults, and of these the first by name. */ -}}
{{- range (lookup "networking.k8s.io/v1" "IngressClass" "" "").items -}}
{{- if eq (dig "metadata" "annotations" "ingressclass.kubernetes.io/is-default-class" "" .) "true" -}}
{{- if gt .metadata.creationTimestamp $newest -}}
{{- $newest = .metadata.creationTimestamp -}}
{{- $class = .metadata.name -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $class -}}
{{- end -}}
