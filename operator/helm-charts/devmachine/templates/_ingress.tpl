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
  {{- with get $ingress "className" | default (get $admin "ingressClassName") }}
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
