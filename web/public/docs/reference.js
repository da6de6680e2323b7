SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  filter: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // Swagger UI would otherwise ask a public host whether the document is valid.
  validatorUrl: null,
});
